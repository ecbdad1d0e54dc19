import { expect, test } from 'vitest';
import { wholeNumber, wholeNumbers } from './options.ts';

test('a whole number is one, and nothing is none', () => {
  expect(['0', '12', ' 7'].map(wholeNumber)).toEqual([0, 12, 7]);
  for (const text of ['', ' ', '-1', '1.5', 'two']) expect(() => wholeNumber(text)).toThrow();
});

test('a list with a comma too many names no device 0', () => {
  expect(wholeNumbers('0,0,1, 1')).toEqual([0, 0, 1, 1]);
  for (const text of ['', '0,', ',1', '0,,1']) expect(() => wholeNumbers(text)).toThrow();
});
