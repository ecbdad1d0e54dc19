const STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowDown: 1,
  ArrowLeft: -1,
  ArrowUp: -1,
};

/**
 * Makes one of many marks a tab stop and lets the arrow keys go on from it, in order of time.
 *
 * Called again after the marks were drawn anew. A mark is named by its tip once it can be reached.
 */
export function rovingFocus(container: HTMLElement, selector: string): void {
  const marks = [...container.querySelectorAll<SVGElement>(selector)]
    .map((mark) => ({ mark, left: mark.getBoundingClientRect().left }))
    .sort((a, b) => a.left - b.left)
    .map(({ mark }) => mark);
  let reachable: SVGElement | undefined;
  const reach = (mark: SVGElement | undefined): void => {
    reachable?.setAttribute('tabindex', '-1');
    reachable = mark;
    mark?.setAttribute('tabindex', '0');
    mark?.setAttribute('role', 'img');
    mark?.setAttribute('aria-label', mark.getAttribute('data-tip') ?? '');
  };
  reach(marks[0]);
  container.onkeydown = (event) => {
    const index = marks.indexOf(event.target as SVGElement);
    const step = STEPS[event.key];
    if (index < 0 || (step === undefined && event.key !== 'Home' && event.key !== 'End')) return;
    event.preventDefault();
    const wanted = step === undefined ? (event.key === 'Home' ? 0 : marks.length) : index + step;
    reach(marks[Math.min(Math.max(0, wanted), marks.length - 1)]);
    reachable?.focus();
  };
}
