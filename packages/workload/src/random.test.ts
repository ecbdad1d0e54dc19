import { expect, test } from 'vitest';
import { stream, wholeBelow } from './random.ts';
import { chiSquare, chiSquareLimit, correlation } from './testing/statistics.ts';

const draw = (random: () => number, count: number) => Array.from({ length: count }, random);

test('the same seed, name and replication give the same numbers', () => {
  expect(draw(stream(7, 'arrivals', 2), 20)).toEqual(draw(stream(7, 'arrivals', 2), 20));
});

test('numbers are pinned, so that results can be made again years later', () => {
  expect(draw(stream(1, 'arrivals', 0), 3)).toMatchInlineSnapshot(`
    [
      0.046193317097648845,
      0.29583936266984956,
      0.6247734797145336,
    ]
  `);
});

test('drawing from one stream changes nothing in another', () => {
  const alone = draw(stream(1, 'lengths'), 50);
  const other = stream(1, 'arrivals');
  const together = stream(1, 'lengths');
  const mixed = alone.map(() => {
    other();
    return together();
  });
  expect(mixed).toEqual(alone);
});

test('streams of neighbouring seeds, names and replications are uncorrelated', () => {
  const names: [number, string, number][] = [
    [1, 'a', 0],
    [2, 'a', 0],
    [1, 'b', 0],
    [1, 'a', 1],
    [1, 'a0', 0],
    [-1, 'a', 0],
  ];
  const size = 20_000;
  const drawn = names.map((name) => draw(stream(...name), size));
  for (let i = 0; i < drawn.length; i++) {
    for (let j = 0; j < i; j++) {
      // 4.5 standard errors: once in 150,000 for true independence.
      expect(Math.abs(correlation(drawn[i]!, drawn[j]!))).toBeLessThan(4.5 / Math.sqrt(size));
    }
  }
});

test('draws are uniform, alone and in successive pairs', () => {
  const random = stream(3, 'uniform');
  const cells = new Array<number>(100).fill(0);
  const pairs = 100_000;
  for (let i = 0; i < pairs; i++) {
    cells[wholeBelow(random, 10) * 10 + wholeBelow(random, 10)]!++;
  }
  expect(
    chiSquare(
      cells,
      cells.map(() => pairs / 100),
    ),
  ).toBeLessThan(chiSquareLimit(99));
});
