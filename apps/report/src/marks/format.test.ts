import { expect, test } from 'vitest';
import { unbroken } from './format.ts';

test('no line ends between a number and its unit', () => {
  const text =
    'off by −0.2 % to 13 % of it: 5 ms, 3.2 s each, 109 tokens/s at 8 requests of 4 sets';
  const kept = unbroken(text);
  expect(kept.replaceAll('\u00a0', ' ')).toBe(text);
  expect(kept.split('\u00a0')).toHaveLength(1 + 5);
  expect(kept).toContain('4 sets');
});
