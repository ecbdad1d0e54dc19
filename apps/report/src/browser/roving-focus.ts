const STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowDown: 1,
  ArrowLeft: -1,
  ArrowUp: -1,
};

/**
 * Makes one of many marks a tab stop and lets the arrow keys go on from it, in order of time.
 *
 * Called again after the marks were drawn anew.
 */
export function rovingFocus(container: HTMLElement, selector: string): void {
  const marks = [...container.querySelectorAll<SVGElement>(selector)].sort(
    (a, b) => a.getBoundingClientRect().left - b.getBoundingClientRect().left,
  );
  const focusOn = (index: number): void => {
    const mark = marks[Math.min(Math.max(0, index), marks.length - 1)];
    if (mark === undefined) return;
    for (const other of marks) other.setAttribute('tabindex', '-1');
    mark.setAttribute('tabindex', '0');
    mark.focus();
  };
  marks[0]?.setAttribute('tabindex', '0');
  container.onkeydown = (event) => {
    const index = marks.indexOf(event.target as SVGElement);
    const step = STEPS[event.key];
    if (index < 0 || (step === undefined && event.key !== 'Home' && event.key !== 'End')) return;
    event.preventDefault();
    if (step !== undefined) focusOn(index + step);
    else focusOn(event.key === 'Home' ? 0 : marks.length - 1);
  };
}
