import { expect, test } from 'vitest';
import { areAlike } from './alike.ts';

test('within half a percent of the larger, whichever comes first', () => {
  expect(areAlike(995, 1000)).toBe(true);
  expect(areAlike(1000, 994)).toBe(false);
  expect(areAlike(994, 1000)).toBe(false);
  expect(areAlike(0, 0)).toBe(true);
});
