import type { Sweep } from '@flover/metrics';
import { expect, test } from 'vitest';
import type { Found } from '../data/site-data.ts';
import { tinyReport } from '../testing/tiny-comparison.ts';
import { tinySweep } from '../testing/tiny-site.ts';
import { sourcesLine } from './sources.ts';
import { inTellingOrder, sweepSource, sweepTitle } from './sweeps.ts';

const { comparison } = tinyReport();

test('a comparison says what ran, how much of it, what predicted it and from which code', () => {
  expect(sourcesLine([comparison])).toBe(
    'A processor · tiny-model · 3 requests a run · simulated by profile (measured before the runs) · ' +
      'commit 0123456789ab · seed 1',
  );
});

test('several say the range of their requests and every kind of cost model', () => {
  const [cell] = comparison.cells;
  const { metrics } = cell!.real!;
  const values = { ...metrics.values, requestsArrived: 64 };
  const real = { ...cell!.real!, metrics: { ...metrics, values } };
  const other = {
    ...comparison,
    engine: { ...comparison.engine!, device: 'A processor, 2 ranks' },
    costModel: { name: 'roofline', from: 'data sheet of a processor' },
    seeds: [2],
    cells: [{ ...cell!, real }],
  };
  expect(sourcesLine([comparison, other])).toBe(
    'A processor; A processor, 2 ranks · tiny-model · 3 to 64 requests a run · ' +
      'simulated by profile and roofline · commit 0123456789ab · 2 seeds (1 to 2)',
  );
});

test('a comparison that was only run names no cost model', () => {
  const { costModel, ...ran } = comparison;
  expect(costModel).toBeDefined();
  expect(sourcesLine([ran])).not.toContain('simulated');
});

test('a sweep says its model and requests, unless they are what is varied', () => {
  const experiment = { model: { shape: 'tiny-model' }, workload: { requests: 400 } };
  const sweep = { ...tinySweep(), experiment };
  expect(sweepSource(sweep)).toContain('· tiny-model · 400 requests a run · commit');
  const axes = [{ key: 'workload.requests', values: [1, 2] }];
  expect(sweepSource({ ...sweep, axes })).toContain('· tiny-model · commit');
});

test('two sweeps of one name are told apart by their cost models', () => {
  const sweep = tinySweep();
  const other = { ...sweep, costModels: [{ name: 'profile', from: 'tiny.json' }] };
  expect(sweepTitle(sweep, [sweep])).toBe('tiny-sweep');
  expect([sweep, other].map((one) => sweepTitle(one, [sweep, other]))).toEqual([
    'tiny-sweep, by roofline',
    'tiny-sweep, by profile',
  ]);
});

const sweepOf = (id: string, part: Partial<Sweep>) => {
  return { id, path: id, experiment: 'tiny', value: { ...tinySweep(), ...part } };
};
const inOrder = (...sweeps: Found<Sweep>[]) => inTellingOrder(sweeps).map(({ id }) => id);

test('sweeps are told from measured times to data sheets', () => {
  const by = (name: string) => sweepOf(name, { costModels: [{ name, from: 'somewhere' }] });
  expect(inOrder(by('roofline'), by('transferred profile'), by('profile'))).toEqual([
    ...['profile', 'transferred profile', 'roofline'],
  ]);
});

test('among alike sweeps those of several policies come first, then as they were run', () => {
  const at = (second: number) => ({ createdAt: `2026-01-02T03:04:0${second}.000Z` });
  expect(
    inOrder(
      sweepOf('of one', { ...at(1), labels: ['temporal-fusion'] }),
      sweepOf('up-to-1024', at(3)),
      sweepOf('up-to-512', at(2)),
    ),
  ).toEqual(['up-to-512', 'up-to-1024', 'of one']);
});
