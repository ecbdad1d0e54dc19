import { expect, test } from 'vitest';
import { fitRelative, fitRobust } from './robust.ts';

const rows = Array.from({ length: 40 }, (_, i) => [1, i]);

test('stragglers hardly bend a line', () => {
  const targets = rows.map(([, x]) => (x % 10 === 3 ? 300 : 10 + 2 * x + 0.01 * (x % 3)));
  const [constant, slope] = fitRobust(
    rows,
    targets,
    rows.map(() => 1),
  ) ?? [0, 0];
  expect(constant).toBeCloseTo(10, 0);
  expect(slope).toBeCloseTo(2, 1);
});

test('errors count in units of the scales', () => {
  // Two values for one constant: the one that is measured ten times as finely counts a hundredfold.
  const [value] = fitRobust([[1], [1]], [0, 101], [1, 10]) ?? [Number.NaN];
  expect(value).toBeCloseTo(1, 9);
  expect(fitRelative([[1], [1]], [1, 1])).toEqual([expect.closeTo(1, 12)]);
});

test('columns that cannot be told apart have no solution', () => {
  expect(
    fitRelative(
      [
        [1, 2],
        [2, 4],
      ],
      [1, 2],
    ),
  ).toBeUndefined();
});
