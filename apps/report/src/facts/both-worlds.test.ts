import type { Comparison } from '@flover/metrics';
import { expect, test } from 'vitest';
import type { Found } from '../data/site-data.ts';
import { tinyReport } from '../testing/tiny-comparison.ts';
import { newestMeasured, newestOfEachName } from './both-worlds.ts';

const { comparison } = tinyReport();

function made(day: number, commit: string, costModel: string, name = 'a'): Found<Comparison> {
  const createdAt = `2026-01-0${day}T00:00:00.000Z`;
  const value: Comparison = {
    ...comparison,
    ...{ name, createdAt },
    commit: { id: commit, dirty: false },
    costModel: { ...comparison.costModel!, name: costModel },
  };
  return { id: `${day}-${costModel}`, path: `x/${day}`, experiment: 'x', value };
}

const brief = (all: readonly Comparison[]) =>
  all.map(({ commit, costModel, name }) => `${name} ${commit.id} ${costModel?.name}`);

test('what an earlier commit ran is not mixed with the newest, whatever predicted it', () => {
  const old = made(1, 'old', 'roofline');
  const other = made(1, 'old', 'profile', 'b');
  const all = [old, made(2, 'new', 'profile'), other];
  expect(brief(newestOfEachName(all))).toEqual(['a new profile', 'b old profile']);
});

test('several kinds of cost model stay side by side for one engine', () => {
  const all = [made(1, 'new', 'profile'), made(2, 'new', 'roofline'), made(3, 'new', 'profile')];
  expect(brief(newestOfEachName(all))).toEqual(['a new profile', 'a new roofline']);
  expect(newestMeasured(all).map(({ id }) => id)).toEqual(['3-profile']);
});

test('what never ran was not measured', () => {
  const { value, ...found } = made(1, 'new', 'profile');
  const cells = value.cells.map(({ real: _, ...cell }) => cell);
  expect(newestMeasured([{ ...found, value: { ...value, cells } }])).toEqual([]);
});
