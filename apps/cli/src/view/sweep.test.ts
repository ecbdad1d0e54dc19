import { CATALOG, type Sweep } from '@flover/metrics';
import { expect, test } from 'vitest';
import { drawProgress } from './progress.ts';
import { failureLines, sweepTable } from './sweep.ts';

const point = (rate: number, memory: object, estimate: number | null) => ({
  axes: { 'workload.arrivals.rate': rate, 'policies.0.memory': memory, 'other.memory': 1 },
  label: 'fusion',
  ...{ done: estimate === null ? 0 : 3, failed: 0 },
  metrics: {
    ...Object.fromEntries(CATALOG.map(({ key }) => [key, null])),
    e2eMsP50: estimate === null ? null : { estimate, low: estimate - 2, high: estimate + 2 },
  },
});
const failure = (seed: number, message: string) => ({
  ...{ axes: { rate: 1 }, label: 'fusion', seed },
  error: { code: 'policy-threw', message },
});
const sweep = {
  axes: ['workload.arrivals.rate', 'policies.0.memory', 'other.memory'].map((key) => ({ key })),
  points: [point(1, { kind: 'paged', blockTokens: 16 }, 50), point(2, { kind: 'slots' }, null)],
  failures: [failure(1, 'no more'), failure(2, 'no more'), failure(3, 'odd')],
} as unknown as Sweep;

test('a row a point that has begun, its axes by their shortest names, means with their margin', () => {
  const lines = sweepTable(sweep).split('\n');
  expect(lines).toHaveLength(4);
  expect(lines[1]).toMatch(/^rate +0\.memory +other\.memory +policy /);
  expect(lines[3]).toMatch(/^1 +paged, blockTokens 16 +1 +fusion .* 50 ± 2 /);
});

test('failures of one kind are told once, with the first cell', () => {
  expect(failureLines(sweep)).toEqual([
    'failed [policy-threw] no more\n  in fusion, seed 1, rate 1, and in 1 more',
    'failed [policy-threw] odd\n  in fusion, seed 3, rate 1',
  ]);
});

test('the bar shows what earlier starts did, the rate only what this one did', () => {
  const progress = { parts: 'cells', total: 1000, ended: 500, failed: 2, endedNow: 100 };
  expect(drawProgress({ ...progress, seconds: 10 }, 100)).toBe(
    `${'█'.repeat(15)}${'·'.repeat(15)}  500 of 1,000 cells, 10.0/s, 50 s left, 2 failed`,
  );
  expect(drawProgress({ ...progress, seconds: 10 }, 40)).toHaveLength(40);
  expect(drawProgress({ ...progress, endedNow: 0, seconds: 0 }, 100)).toMatch(/cells, 2 failed$/);
});
