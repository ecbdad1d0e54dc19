import { expect, test } from 'vitest';
import { marksOf } from '../marks/mark.ts';
import { errorSplit } from './error-split.ts';

/** Left and right ends of both bars of an error, in percent of the real value. */
function bars(costModelPercent: number, divergencePercent: number): number[][] {
  const row = { label: 'a policy', costModelPercent, divergencePercent };
  // A row that reaches from −10 to 10 fixes the scale.
  const frame = { label: 'frame', costModelPercent: -10, divergencePercent: 10 };
  const drawing = errorSplit([{ title: 'TPOT', rows: [frame, row] }], 'x', 'x');
  const ends = marksOf(drawing, 'row').map((one) =>
    marksOf(one, 'part').map(({ attributes: { x, width } }) => [
      Number(x),
      Number(x) + Number(width),
    ]),
  );
  const [[low, zero], [, high]] = ends[0] as [[number, number], [number, number]];
  return ends[1]!.map((pair) => pair.map((x) => Math.round(((x - zero) / (high - low)) * 20)));
}

test('parts that point the same way follow each other, parts that do not both begin at 0', () => {
  expect(bars(4, 3)).toEqual([
    [0, 4],
    [4, 7],
  ]);
  expect(bars(-4, -3)).toEqual([
    [-4, 0],
    [-7, -4],
  ]);
  expect(bars(4, -3)).toEqual([
    [0, 4],
    [-3, 0],
  ]);
});
