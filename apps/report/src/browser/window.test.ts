import fc from 'fast-check';
import { expect, test } from 'vitest';
import { panned, zoomed } from './window.ts';

test('zooming keeps the middle, panning the width', () => {
  expect(zoomed([0, 8000], 0.5, 8000)).toEqual([2000, 6000]);
  expect(zoomed([2000, 6000], 2, 8000)).toEqual([0, 8000]);
  expect(panned([2000, 4000], 0.5, 8000)).toEqual([3000, 5000]);
  expect(panned([6000, 8000], 0.5, 8000)).toEqual([6000, 8000]);
});

test('a window never leaves the run', () => {
  const step = fc.tuple(fc.boolean(), fc.double({ min: -3, max: 3, noNaN: true }));
  fc.assert(
    fc.property(fc.array(step), fc.integer({ min: 1, max: 1e9 }), (moves, end) => {
      let window: readonly [number, number] = [0, end];
      for (const [zoom, by] of moves) {
        window = zoom ? zoomed(window, 2 ** by, end) : panned(window, by, end);
        expect(window[0]).toBeGreaterThanOrEqual(0);
        expect(window[1]).toBeLessThanOrEqual(end * (1 + 1e-12));
        expect(window[1]).toBeGreaterThan(window[0]);
      }
    }),
  );
});
