import fc from 'fast-check';
import { expect, test } from 'vitest';
import { errorScale, signedTick } from './error-scale.ts';

test('0 is in the middle, ticks mirror each other and never touch', () => {
  fc.assert(
    fc.property(fc.double({ min: 1.5, max: 5000, noNaN: true }), (reach) => {
      const scale = errorScale(reach, [200, 0], 13);
      const ticks = scale.ticks();
      expect(scale(0)).toBeCloseTo(100);
      expect(ticks.map((tick) => -tick || 0).reverse()).toEqual(ticks);
      const places = ticks.filter((tick) => tick > 0).map((tick) => scale(tick));
      for (const [i, place] of places.entries()) {
        expect(place).toBeGreaterThanOrEqual(0);
        if (i > 0) expect(places[i - 1]! - place).toBeGreaterThan(13);
      }
    }),
  );
});

test('ticks have a real minus sign', () => {
  expect([-5, 0, 5].map(signedTick)).toEqual(['−5', '0', '+5']);
});
