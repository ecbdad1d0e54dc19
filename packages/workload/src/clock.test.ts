import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExactClock } from './clock.ts';

test('a million gaps add up without drift', () => {
  const clock = new ExactClock();
  const gap = 1e9 / 3;
  let naive = 0;
  for (let i = 0; i < 1_000_000; i++) {
    clock.advance(gap);
    naive += gap;
  }
  const thirds = BigInt(Math.round(gap * 2 ** 20)) * 1_000_000n;
  expect(BigInt(clock.nanos)).toBe((thirds + (1n << 19n)) >> 20n);
  expect(Math.abs(naive - clock.exactNanos)).toBeGreaterThan(1);
});

test('times are the rounded exact sums, and never go back', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 2 ** 50 }), { maxLength: 200 }),
      (sixteenths) => {
        const clock = new ExactClock();
        let exact = 0n;
        let last = 0;
        for (const gap of sixteenths) {
          clock.advance(gap / 16);
          exact += BigInt(gap);
          expect(BigInt(clock.nanos)).toBe((exact + 8n) >> 4n);
          expect(clock.nanos).toBeGreaterThanOrEqual(last);
          last = clock.nanos;
        }
      },
    ),
  );
});
