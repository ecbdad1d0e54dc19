import { scaleLinear } from 'd3';
import { expect, test } from 'vitest';
import { bottomAxis } from './axis.ts';
import { number } from './format.ts';
import { type Mark, marksOf } from './mark.ts';

/** Places and texts of the ticks from 0 to `most` on an axis of `width` pixels. */
const ticksOf = (most: number, width: number) => {
  const scale = scaleLinear([0, most], [0, width]);
  const axis = bottomAxis(scale, 0, { ticks: 5, format: number });
  return marksOf(axis, 'tick').map(({ attributes, children }) => {
    const { attributes: own, children: words } = children.at(-1) as Mark;
    const x = Number(/\(([\d.]+)/.exec(String(attributes.transform))![1]);
    return { at: x + Number(own.x ?? 0), text: String(words[0]) };
  });
};

test('numbers at the bottom do not touch, however long they are', () => {
  for (const most of [7, 14_300, 98_000, 1_430_000, 143_000_000]) {
    const ticks = ticksOf(most, 290);
    expect(ticks.length, `${most}`).toBeGreaterThan(1);
    ticks.slice(1).forEach(({ at, text }, i) => {
      const room = at - ticks[i]!.at;
      expect(room, `${text} after ${ticks[i]!.text}`).toBeGreaterThan(6.2 * text.length);
    });
  }
  expect(ticksOf(14, 290)).toHaveLength(8);
});
