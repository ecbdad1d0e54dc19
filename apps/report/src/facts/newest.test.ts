import { expect, test } from 'vitest';
import { newestOf, withinResults } from './newest.ts';

const found = (path: string, createdAt: string) => ({
  ...{ id: path, path, experiment: 'x' },
  value: { createdAt },
});
const old = found('x/results/gpu/20260101-000000-abcdef0/a', '2026-01-01');
const first = found('x/results/gpu/20260102-000000-abcdef1/a', '2026-01-02T01');
const second = found('x/results/gpu/20260102-000000-abcdef1/models/b.json', '2026-01-02T02');

test('the newest results are those of one folder, not of one moment', () => {
  expect(newestOf([old, first, second])).toEqual([first, second]);
  expect(newestOf([])).toEqual([]);
});

test('a folder says after its commit what tells it from others', () => {
  const refitted = found('x/results/gpu/20260103-000000-abcdef1-own-profile/a', '2026-01-03');
  expect(newestOf([first, second, refitted])).toEqual([refitted]);
  expect(withinResults(refitted)).toBe('a');
});

test('results in no such folder are all of one time', () => {
  const loose = [found('a', '2026-01-01'), found('b', '2026-01-02')];
  expect(newestOf(loose)).toEqual(loose);
  expect(loose.map(withinResults)).toEqual(['', '']);
});

test('where a result lies within its folder', () => {
  expect([first, second].map(withinResults)).toEqual(['a', 'models/b.json']);
});
