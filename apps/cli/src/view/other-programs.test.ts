import { expect, test } from 'vitest';
import { OtherPrograms } from './other-programs.ts';

const start = { atMs: 0, allMs: 5000, ownMs: 100, cores: 2 };

test.each([
  ['a quiet machine', 9100, undefined],
  ['a busy machine', 12_000, /^other programs took 1\.5 of 2 cores/],
  ['less time in all than of its own, by rounding', 6000, undefined],
])('%s', (_, allMs, expected) => {
  const until = { atMs: 2000, allMs, ownMs: 4100, cores: 2 };
  const note = new OtherPrograms().note(until, start);
  if (expected === undefined) expect(note).toBeUndefined();
  else expect(note).toMatch(expected);
});
