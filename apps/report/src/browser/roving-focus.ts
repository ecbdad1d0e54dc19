import { tipOf } from './tip-of.ts';

const STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowDown: 1,
  ArrowLeft: -1,
  ArrowUp: -1,
};

/**
 * Makes one of many marks a tab stop and lets the arrow keys go on from it: panel by panel, left to
 * right and from the top.
 *
 * Called again after the marks were drawn anew. A mark is named by its tip once it can be reached;
 * the order is found at the first key, so that a page with many marks is no slower to open.
 */
export function rovingFocus(container: HTMLElement, selector: string): void {
  let marks: readonly Element[] | undefined;
  let reachable: Element | null = null;
  const reach = (mark: Element | null): void => {
    reachable?.setAttribute('tabindex', '-1');
    reachable = mark;
    mark?.setAttribute('tabindex', '0');
    mark?.setAttribute('role', 'img');
    if (mark) mark.setAttribute('aria-label', tipOf(mark));
  };
  reach(container.querySelector(selector));
  container.onkeydown = (event) => {
    const target = event.target as Element;
    const step = STEPS[event.key];
    if (!target.matches(selector)) return;
    if (step === undefined && event.key !== 'Home' && event.key !== 'End') return;
    event.preventDefault();
    marks ??= inReadingOrder(container, selector);
    const from = marks.indexOf(target);
    const wanted = step === undefined ? (event.key === 'Home' ? 0 : marks.length) : from + step;
    reach(marks[Math.min(Math.max(0, wanted), marks.length - 1)] ?? null);
    (reachable as SVGElement | null)?.focus();
  };
}

function inReadingOrder(container: HTMLElement, selector: string): Element[] {
  const panels = [...container.querySelectorAll('.panel')];
  return [...container.querySelectorAll(selector)]
    .map((mark) => {
      const { left, top } = mark.getBoundingClientRect();
      return { mark, left, top, panel: panels.indexOf(mark.closest('.panel') ?? container) };
    })
    .sort((a, b) => a.panel - b.panel || a.left - b.left || a.top - b.top)
    .map(({ mark }) => mark);
}
