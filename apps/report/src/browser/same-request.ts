/** While a span is pointed at or focused, all spans of its request stand out. */
export function sameRequest(chart: HTMLElement): void {
  const mark = (event: Event): void => {
    const target = event.target instanceof Element ? event.target : null;
    const request = target?.getAttribute('data-request') ?? null;
    for (const span of chart.querySelectorAll('.span.same')) span.classList.remove('same');
    if (request === null) return;
    for (const span of chart.querySelectorAll(`[data-request="${request}"]`)) {
      span.classList.add('same');
    }
  };
  chart.addEventListener('pointerover', mark);
  chart.addEventListener('focusin', mark);
}
