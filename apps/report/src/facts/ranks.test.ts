import type { Comparison } from '@flover/metrics';
import type { Manifest } from '@flover/trace';
import { expect, test } from 'vitest';
import type { Found, SiteRun } from '../data/site-data.ts';
import { tinyReport } from '../testing/tiny-comparison.ts';
import { ranksOf, ranksOn, withSharedDevices } from './ranks.ts';

const found = <Value>(id: string, value: Value): Found<Value> => {
  return { id, path: id, experiment: 'x', value };
};
const run = (owner: string, part: object) => {
  const manifest = { world: 'engine', device: { name: 'a GPU' }, ...part };
  const value = { manifest, comparison: { id: owner, folder: 'engine/a' } };
  return found(`run-of-${owner}`, value as unknown as SiteRun);
};

test('ranks are told where there are several, and devices where ranks share them', () => {
  expect(ranksOn('a GPU', {})).toBe('a GPU');
  expect(ranksOn('a GPU', { worldSize: 2 })).toBe('a GPU, 2 ranks');
  expect(ranksOn('a GPU', { worldSize: 2, devices: [0, 1] })).toBe('a GPU, 2 ranks');
  expect(ranksOn('a GPU', { worldSize: 4, devices: [0, 0, 1, 1] })).toBe(
    'a GPU, 4 ranks on 2 devices',
  );
});

test('a run says which rank is on which device', () => {
  const manifest = { worldSize: 4, collective: 'one-shot', devices: [0, 0, 1, 1] };
  expect(ranksOf(manifest as unknown as Manifest)).toBe(
    '4 · joined by one-shot · devices 0, 0, 1, 1',
  );
  expect(ranksOf({ worldSize: 1 } as unknown as Manifest)).toBeUndefined();
});

test('a comparison learns from its own real runs that devices were shared', () => {
  const { comparison } = tinyReport();
  const engine = { ...comparison.engine!, device: 'a GPU, 4 ranks' };
  const one: Found<Comparison> = found('one', { ...comparison, engine });
  const shared = { worldSize: 4, devices: [0, 0, 1, 1] };
  const device = (runs: readonly Found<SiteRun>[]) =>
    withSharedDevices(one, runs).value.engine!.device;
  expect(device([run('one', shared)])).toBe('a GPU, 4 ranks on 2 devices');
  expect(device([run('one', { ...shared, world: 'simulator' })])).toBe('a GPU, 4 ranks');
  expect(device([run('another', shared)])).toBe('a GPU, 4 ranks');
});
