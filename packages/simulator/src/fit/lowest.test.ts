import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lowest } from './lowest.ts';

test('finds the lowest place of what falls and rises, ends included', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -2, max: 3, noNaN: true }),
      fc.double({ min: 0.1, max: 9, noNaN: true }),
      (centre, slope) => {
        const found = lowest((x) => slope * Math.abs(x - centre), 0, 1);
        expect(found).toBeGreaterThanOrEqual(0);
        expect(Math.abs(found - Math.min(1, Math.max(0, centre)))).toBeLessThan(2e-3);
      },
    ),
  );
});
