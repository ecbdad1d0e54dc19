import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sharedPrefix } from './shared-prefix.ts';

const left = (...names: string[]) => names.map((name) => name.slice(sharedPrefix(names)));

test.each([
  [
    ['tiny-poisson', 'tiny-bursts'],
    ['poisson', 'bursts'],
  ],
  [
    ['tiny poisson', 'tiny bursts'],
    ['poisson', 'bursts'],
  ],
  [
    ['clock-10-per-second', 'clock-10-per-second-others'],
    ['10-per-second', '10-per-second-others'],
  ],
  [
    ['out-real-up-to-512', 'out-real-up-to-1024'],
    ['up-to-512', 'up-to-1024'],
  ],
  [
    ['tiny-65b-8', 'tiny-65b-up-to-256'],
    ['65b-8', '65b-up-to-256'],
  ],
  [
    ['tiny-3', 'tiny-6'],
    ['tiny-3', 'tiny-6'],
  ],
  [
    ['tiny-real', 'tiny-realm'],
    ['real', 'realm'],
  ],
  [
    ['burst', 'burst'],
    ['burst', 'burst'],
  ],
  [['alone-here'], ['alone-here']],
])('%j is left as %j', (names, expected) => {
  expect(left(...names)).toEqual(expected);
});

const word = fc.constantFrom('a', 'up', 'to', 'real', 'burst', '10', '8', 'per', 'second', '65b');
const name = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join('-'));

test('what is left begins at a word, says something, and tells apart what was apart', () => {
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 5 }), (names) => {
      const rest = left(...names);
      rest.forEach((text, i) => {
        expect(text).not.toBe('');
        expect(`-${names[i]}`.endsWith(`-${text}`)).toBe(true);
      });
      expect(new Set(rest).size).toBe(new Set(names).size);
    }),
  );
});
