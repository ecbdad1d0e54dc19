import { wholeTip } from '../marks/shared-tips.ts';

/** What a mark says of itself, with the words that its neighbours share. */
export function tipOf(mark: Element): string {
  const tip = mark.getAttribute('data-tip') ?? '';
  return wholeTip(tip, mark.parentElement?.getAttribute('data-tips') ?? null);
}
