import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawFrame } from './flight.ts';
import type { Flight, Frame } from './frame.ts';

const frame: Frame = {
  title: 'temporal-fusion',
  timeNanos: 1_500_000_000,
  iterations: 10,
  arrived: 4,
  finished: 1,
  refused: 0,
  total: 6,
  flights: [
    { request: 0, firstIteration: 0, lastIteration: 5, ended: 'length' },
    { request: 1, firstIteration: 2, lastIteration: undefined, ended: undefined },
    { request: 2, firstIteration: 8, lastIteration: undefined, ended: undefined },
  ],
  kvUsedBytes: 25,
  kvReservedBytes: 50,
  kvCapacityBytes: 100,
  moves: 2,
  movedBytes: 3e6,
  iterationNanos: 2_000_000,
};

test('a frame shows who is in flight, who ended, memory, moves and the iteration', () => {
  expect(drawFrame(frame, 72, 20)).toMatchInlineSnapshot(`
    "temporal-fusion  1.50 s  iteration 10
           0  ━━━━━●
           1    ━━━━━━━━▶
           2          ━━▶
          KV  ██████████▒▒▒▒▒▒▒▒▒··················· 25 % used, 2 moves (3.0
    4/6 arrived, 1 waiting, 2 in flight, 1 finished, last iteration 2.00 ms"
  `);
});

test('a picture never exceeds the terminal', () => {
  const flight = fc
    .tuple(fc.nat(200), fc.nat(200), fc.boolean())
    .map(([first, length, ended]): Flight => {
      const lastIteration = ended ? first + length : undefined;
      return {
        request: first,
        firstIteration: first,
        lastIteration,
        ended: ended ? 'stop' : undefined,
      };
    });
  fc.assert(
    fc.property(
      fc.array(flight, { maxLength: 100 }),
      fc.integer({ min: 20, max: 200 }),
      fc.integer({ min: 8, max: 60 }),
      (flights, columns, rows) => {
        const drawn = drawFrame({ ...frame, iterations: 400, flights }, columns, rows).split('\n');
        expect(drawn.length).toBeLessThanOrEqual(rows);
        for (const line of drawn) expect(line.length).toBeLessThanOrEqual(columns);
      },
    ),
  );
});
