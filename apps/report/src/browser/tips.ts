import { tipOf } from './tip-of.ts';

const OFFSET = 14;

/** Shows what a mark says of itself while the pointer or the focus is on it; Escape hides it. */
export function enableTips(page: Document): void {
  const tip = page.getElementById('tip');
  if (tip === null) return;
  const place = (x: number, y: number): void => {
    const left = Math.min(x + OFFSET, page.documentElement.clientWidth - tip.offsetWidth - 8);
    const below = y + OFFSET + tip.offsetHeight < page.documentElement.clientHeight;
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${below ? y + OFFSET : y - OFFSET - tip.offsetHeight}px`;
  };
  const show = (mark: Element | null, x: number, y: number): void => {
    const text = mark && tipOf(mark);
    tip.hidden = !text;
    if (!text) return;
    tip.textContent = text;
    place(x, y);
  };
  const markAt = (event: Event): Element | null =>
    event.target instanceof Element ? event.target.closest('[data-tip]') : null;
  page.addEventListener('pointermove', (event) =>
    show(markAt(event), event.clientX, event.clientY),
  );
  page.addEventListener('focusin', (event) => {
    const mark = markAt(event);
    if (mark === null) return;
    const box = mark.getBoundingClientRect();
    show(mark, box.left, box.bottom);
  });
  const hide = (): void => {
    tip.hidden = true;
  };
  page.addEventListener('focusout', hide);
  page.addEventListener('scroll', hide, { passive: true });
  page.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') hide();
  });
}
