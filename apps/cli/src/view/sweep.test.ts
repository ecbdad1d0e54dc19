import { CATALOG, type Sweep, TENANT_KEYS } from '@flover/metrics';
import { expect, test } from 'vitest';
import { drawProgress } from './progress.ts';
import { differencesTable, failureLines, sweepTable, sweepTenantsTable } from './sweep.ts';

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
  cells: { total: 6, done: 3, failed: 0 },
  points: [point(1, { kind: 'paged', blockTokens: 16 }, 50), point(2, { kind: 'slots' }, null)],
  failures: [failure(1, 'no more'), failure(2, 'no more'), failure(3, 'odd')],
} as unknown as Sweep;

test('a row a point that has begun, its axes by their shortest names, means with their margin', () => {
  const lines = sweepTable(sweep).split('\n');
  expect(lines).toHaveLength(4);
  expect(lines[1]).toMatch(/^rate +0\.memory +other\.memory +policy /);
  expect(lines[3]).toMatch(/^1 +paged, blockTokens 16 +1 +fusion +50 ± 2$/);
});

test('a sweep that was stopped before its first cell ended has no table to show, and says so', () => {
  const cells = { total: 240, done: 0, failed: 0 };
  expect(sweepTable({ ...sweep, cells, points: [] })).toBe(
    'None of the 240 cells has ended; the same command goes on.',
  );
});

/** Means and differences of two metrics under a policy, of four seeds. */
const compared = (
  label: string,
  means: readonly [e2eMsMean: number, sloShare: number],
  differences?: readonly [e2e: number, below: number, above: number],
) => {
  const value = (estimate: number) => ({
    estimate,
    low: estimate - 2,
    high: estimate + 2,
    count: 4,
  });
  const [e2e, below, above] = differences ?? [0, 0, 0];
  return {
    ...{ axes: {}, label, done: 4, failed: 0 },
    metrics: { e2eMsMean: value(means[0]), sloShare: value(means[1]), e2eMsP50: value(7) },
    ...(differences && {
      differences: { e2eMsMean: { ...value(e2e), below, above }, sloShare: null },
    }),
  };
};
const pairs = {
  cells: { total: 16, done: 16, failed: 0 },
  ...{ axes: [], baseline: 'first', show: ['sloShare', 'e2eMsMean'] },
  points: [
    compared('first', [1234.5, 0.5]),
    compared('sooner', [1200, 0.9876], [-34.5, 3, 1]),
    compared('later', [1234.9, 0.5], [0.004, 1, 2]),
    compared('twin', [1234.5, 0.5], [0, 0, 0]),
  ],
} as unknown as Sweep;

test('the metrics that the file chose, in its order, with as many digits as they need', () => {
  const lines = sweepTable(pairs).split('\n').slice(-5);
  expect(lines[0]).toMatch(/^─+ {2}─+ {2}─+$/);
  expect(lines[1]).toMatch(/^first +0\.500 ± 2\.000 +1235 ± 2$/);
  expect(lines[2]).toMatch(/^sooner +0\.988 ± 2\.000 +1200 ± 2$/);
});

test('differences from the baseline have a sign, a margin and the seeds that agree', () => {
  const lines = differencesTable(pairs)!.split('\n');
  expect(lines[0]).toMatch(/^Differences from first, seed by seed/);
  expect(lines.slice(-3)).toEqual([
    expect.stringMatching(/^sooner +– +-34\.5 ± 2\.0 \(3\/4\)$/),
    expect.stringMatching(/^later +– +0\.0 ± 2\.0 \(2\/4\)$/),
    expect.stringMatching(/^twin +– +same$/),
  ]);
  expect(differencesTable(sweep)).toBeUndefined();
});

test('where the file chooses nothing, what no run defines has no column', () => {
  const { show: _, ...usual } = pairs as Sweep;
  const titles = sweepTable(usual as Sweep);
  expect(titles).toContain('SLO met');
  expect(titles).not.toContain('host');
  expect(sweepTable(sweep)).not.toContain('SLO met');
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

test('several tenants have a table of their own: a row each, the point said once', () => {
  const estimate = { estimate: 12.4, low: 10.4, high: 14.4, count: 3 };
  const tenant = (name: string | null) => ({
    tenant: name,
    metrics: {
      ...Object.fromEntries(TENANT_KEYS.map((key) => [key, null])),
      ttftMsMean: estimate,
    },
  });
  const tenants = { ...point(1, {}, 50), tenants: [tenant('chat'), tenant(null)] };
  const lines = sweepTenantsTable({ ...sweep, points: [tenants] } as unknown as Sweep)!.split('\n');
  expect(lines.slice(-2)).toEqual([
    expect.stringMatching(/^1 +1 +fusion +chat +12 ± 2$/),
    expect.stringMatching(/^ +\(none\) +12 ± 2$/),
  ]);
  expect(sweepTenantsTable(sweep)).toBeUndefined();
});
