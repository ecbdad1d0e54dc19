import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { atLeastOne, claimOut, dropEmptyOut, wholeNumber, wholeNumbers } from './options.ts';

const fresh = () => mkdtempSync(join(tmpdir(), 'flover-options-'));

test('commands that start at once have a folder each, by the name of their experiment', () => {
  const folder = fresh();
  const file = join(folder, 'experiment.yaml');
  writeFileSync(file, 'name: load\n');
  const runs = join(folder, 'runs');
  const claimed = Array.from({ length: 5 }, () => claimOut(file, runs));
  expect(new Set(claimed).size).toBe(5);
  expect(readdirSync(runs).filter((name) => /^load-\d{4}-/.test(name))).toHaveLength(5);
});

test('a folder in which nothing ran is not left behind, another is', () => {
  const runs = join(fresh(), 'runs');
  const [first, second] = [claimOut('nowhere.yaml', runs), claimOut('nowhere.yaml', runs)];
  writeFileSync(join(first, 'comparison.json'), '');
  dropEmptyOut(first);
  dropEmptyOut(second);
  expect([first, second].map(existsSync)).toEqual([true, false]);
  const alone = join(fresh(), 'runs');
  dropEmptyOut(claimOut('nowhere.yaml', alone));
  expect(existsSync(alone)).toBe(false);
});

test('where no folder can be made, one is named all the same: who writes there tells it', () => {
  const file = join(fresh(), 'runs');
  writeFileSync(file, '');
  expect(claimOut('nowhere.yaml', file)).toMatch(/runs\/experiment-\d{4}-/);
});

test('a whole number is one, and nothing is none', () => {
  expect(['0', '12', ' 7'].map(wholeNumber)).toEqual([0, 12, 7]);
  for (const text of ['', ' ', '-1', '1.5', 'two']) expect(() => wholeNumber(text)).toThrow();
});

test('nothing of what everything needs is refused', () => {
  expect(['1', '60'].map(atLeastOne)).toEqual([1, 60]);
  for (const text of ['0', '', '-1', '1.5']) expect(() => atLeastOne(text)).toThrow();
});

test('a list with a comma too many names no device 0', () => {
  expect(wholeNumbers('0,0,1, 1')).toEqual([0, 0, 1, 1]);
  for (const text of ['', '0,', ',1', '0,,1']) expect(() => wholeNumbers(text)).toThrow();
});
