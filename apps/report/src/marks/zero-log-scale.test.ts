import fc from 'fast-check';
import { expect, test } from 'vitest';
import { zeroLogScale } from './zero-log-scale.ts';

test('0 and each value of a sweep over decades stand apart', () => {
  const scale = zeroLogScale(10, 1000, [0, 280]);
  const places = [0, 10, 30, 100, 300, 1000].map(scale);
  expect(places[0]).toBe(0);
  places.slice(1).forEach((place, i) => {
    expect(place - places[i]!).toBeGreaterThan(30);
  });
  expect(scale.ticks()).toEqual([0, 10, 30, 100, 300, 1000]);
});

test('ticks ascend from 0 and stay within the values, however far these reach', () => {
  const least = fc.double({ min: 1e-3, max: 50, noNaN: true });
  fc.assert(
    fc.property(least, fc.double({ min: 16, max: 1e7, noNaN: true }), (from, factor) => {
      const scale = zeroLogScale(from, from * factor, [0, 300]);
      const ticks = scale.ticks(5);
      expect(ticks[0]).toBe(0);
      expect(ticks.at(-1)).toBeLessThanOrEqual(from * factor);
      expect(ticks).toEqual([...new Set(ticks)].sort((a, b) => a - b));
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      const places = ticks.map(scale);
      for (const [i, place] of places.slice(1).entries()) {
        expect(place).toBeGreaterThan(places[i]!);
      }
    }),
  );
});
