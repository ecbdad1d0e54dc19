import {
  CATALOG,
  type Comparison,
  type MetricEstimates,
  type Sweep,
  type SweepAxis,
} from '@flover/metrics';
import { expect, test } from 'vitest';
import { loadAxisOf } from '../facts/load-latency.ts';
import { marksOf } from '../marks/mark.ts';
import { hang } from '../testing/gallery.ts';
import { tinyReport } from '../testing/tiny-comparison.ts';
import { tinySite } from '../testing/tiny-data.ts';
import { tinySweep } from '../testing/tiny-site.ts';
import type { PlacedFigure } from './page.ts';
import { policiesPages } from './policies-page.ts';

const tiny = tinyReport().comparison;
const RATE = 'workload.arrivals.requestsPerSecond';

/** Every metric defined: twice as long under the second policy, and an SLO that it meets up to 4. */
function fullSweep(): Sweep {
  const points = tinySweep().points.map((point) => {
    const load = point.axes[RATE] as number;
    const policy = point.label === 'sequential' ? 2 : 1;
    const share = load > 4 / policy ? 0.5 : 1;
    const entries = CATALOG.map(({ key }) => {
      const estimate = key === 'sloShare' ? share : load * policy;
      return [key, { estimate, low: 0.9 * estimate, high: 1.1 * estimate, count: 3 }];
    });
    return { ...point, metrics: Object.fromEntries(entries) as MetricEstimates };
  });
  const experiment = { workload: { requests: 100, arrivals: { kind: 'poisson' } } };
  return { ...tinySweep(), slo: { ttftMs: 1000 }, points, experiment };
}

function real(requestsPerSecond: number, kind = 'contiguous') {
  const arrivals = { kind: 'poisson', requestsPerSecond };
  const cells = tiny.cells.map((cell) => ({ ...cell, memory: { ...cell.memory, kind } }));
  const workload = { kind: 'synthetic', requests: 3, arrivals };
  return { ...tiny, name: `real-${requestsPerSecond}`, workload, cells } as typeof tiny;
}

function figuresOf(parts: Parameters<typeof tinySite>[0]) {
  const [page] = policiesPages(tinySite(parts));
  return (page?.content ?? []).flatMap((part) =>
    'figure' in part ? [(part as PlacedFigure).figure] : [],
  );
}

test('latency over load: a curve a policy and a band of its interval in every panel', async () => {
  const [goodput, latency, ...more] = figuresOf({ sweeps: [fullSweep()] });
  // The same for the other memory.
  expect(more).toHaveLength(2);
  expect(marksOf(latency!.drawing, 'panel')).toHaveLength(6);
  expect(marksOf(latency!.drawing, 'line')).toHaveLength(6 * 2);
  expect(marksOf(latency!.drawing, 'interval')).toHaveLength(6 * 2);
  expect(latency!.title).toBe('Latency over load, by roofline: kind slots');
  expect(latency!.note).toContain(
    'means over 3 seeds of simulated runs, with 95 % confidence intervals',
  );
  expect(latency!.finding).toBe(
    'At 16 requests/s temporal-fusion has the lowest simulated E2E p99, 16 ms, sequential the highest, 32 ms.',
  );
  expect(marksOf(goodput!.drawing, 'panel')).toHaveLength(3);
  expect(goodput!.finding).toBe(
    'In simulation 90 % of the requests meet TTFT ≤ 1 s up to 4 requests/s under temporal-fusion ' +
      'and 1 request/s under sequential.',
  );
  await hang('load-latency', latency!.drawing);
});

test('a sweep that chose its metrics shows these, once', () => {
  const show = ['sloShare', 'e2eMsMean', 'iterations'] as const;
  const figures = figuresOf({ sweeps: [{ ...fullSweep(), show }] });
  expect(figures.map(({ id }) => id.replace(/-sweep.*/, ''))).toEqual([
    'goodput',
    'load-latency',
    'goodput',
    'load-latency',
  ]);
  expect(figures[1]!.title).toBe('Metrics over load, by roofline: kind slots');
  expect(new Set(figures[1]!.table.rows.map((row) => row[3]))).toEqual(
    new Set(['e2eMsMean', 'iterations']),
  );
  expect(figures[1]!.finding).toMatch(/has the lowest simulated E2E mean, 16 ms, /);
  expect(figuresOf({ sweeps: [{ ...fullSweep(), show: ['sloShare'] }] })).toHaveLength(2);
});

test('a load is one also where other keys are varied with it', () => {
  const sweep = fullSweep();
  const [memory, { values }] = sweep.axes as [SweepAxis, SweepAxis];
  const axes = [
    memory,
    { key: 'load', values, sets: { [RATE]: values, 'workload.requests': values } },
  ];
  const points = sweep.points.map((point) => ({
    ...point,
    axes: { 'memory.kind': point.axes['memory.kind'], load: point.axes[RATE] },
  }));
  const [, latency] = figuresOf({ sweeps: [{ ...sweep, axes, points }], comparisons: [real(4)] });
  expect(latency!.finding).toMatch(/^At 16 requests\/s temporal-fusion has the lowest/);
  expect(latency!.title).toBe('Latency over load, by roofline: kind slots');
});

test('real runs stand over the curve of their own setting, and over no other', async () => {
  const comparisons = [real(4, 'slots'), real(16, 'slots')];
  const figures = figuresOf({ sweeps: [fullSweep()], comparisons });
  const latencies = figures.filter(({ id }) => id.startsWith('load-latency'));
  const reals = latencies.map(({ table }) => table.rows.filter((row) => row[2] === 'real').length);
  // Two loads, two policies, six metrics; nothing ran on pages.
  expect(reals).toEqual([2 * 2 * 6, 0]);
  expect(latencies[0]!.note).toContain('Real runs have 3 requests, simulated ones 100');
  expect(latencies[0]!.finding).toMatch(/; the curves are off by .* in four points\.$/);
  await hang('load-latency-real', latencies[0]!.drawing);
});

test('a run stands over no curve of another device', () => {
  const sweepFor = (device: string) => ({
    ...fullSweep(),
    experiment: { ...fullSweep().experiment, costModel: { kind: 'transfer', device } },
  });
  const on = (device: string, backend = 'cuda') => {
    const engine = { backend, device, reason: 'asked for' };
    return [{ ...real(4, 'slots'), engine }];
  };
  const reals = (device: string, comparisons: Comparison[]) =>
    figuresOf({ sweeps: [sweepFor(device)], comparisons })
      .filter(({ id }) => id.startsWith('load-latency'))
      .flatMap(({ table }) => table.rows.filter((row) => row[2] === 'real')).length;
  expect(reals('h100-sxm', on('NVIDIA H100 80GB HBM3'))).toBe(2 * 6);
  expect(reals('a100-80gb', on('NVIDIA H100 80GB HBM3'))).toBe(0);
  expect(reals('h200', on('NVIDIA H200'))).toBe(2 * 6);
  expect(reals('cpu', on('A processor', 'cpu'))).toBe(2 * 6);
});

test('what is not comparable is left out', () => {
  const other = {
    ...real(4, 'slots'),
    workload: { arrivals: { kind: 'constant', requestsPerSecond: 4 } },
  };
  const figures = figuresOf({ sweeps: [fullSweep()], comparisons: [other] });
  for (const { table } of figures.filter(({ id }) => id.startsWith('load'))) {
    expect(table.rows.filter((row) => row[2] === 'real')).toEqual([]);
  }
});

test('intervals become rates where none is 0', () => {
  const axis = (values: number[]) =>
    loadAxisOf({ ...tinySweep(), axes: [{ key: 'workload.arrivals.intervalMs', values }] })!;
  expect(axis([100, 500]).loadOf(100)).toBe(10);
  expect(axis([0, 500]).loadOf(500)).toBe(500);
  expect(axis([0, 500]).heaviest).toBe('smallest');
  expect(loadAxisOf({ ...tinySweep(), axes: [{ key: 'workload.requests', values: [1, 2] }] })).toBe(
    undefined,
  );
});

test('distributions of every comparison of several policies that kept its runs', () => {
  const figures = figuresOf({ comparisons: [tiny, { ...tiny, name: 'b' }] });
  expect(figures.map(({ title }) => title)).toEqual([
    'Latencies of requests: tiny',
    'Latencies of requests: b',
  ]);
  for (const { drawing } of figures) expect(marksOf(drawing, 'line')).toHaveLength(3 * 2 * 2);
  expect(policiesPages(tinySite({ comparisons: [{ ...tiny, cells: [tiny.cells[0]!] }] }))).toEqual(
    [],
  );
  expect(policiesPages(tinySite({}))).toEqual([]);
});

test('several experiments have a page each, and the first page their first figures', () => {
  const [one] = tinySite({ sweeps: [fullSweep()], comparisons: [real(4, 'slots')] }).experiments;
  const site = { ...tinySite({}), experiments: [one!, { ...one!, id: 'other' }] };
  const [first, ...more] = policiesPages(site);
  const figures = (page: typeof first) => page!.content.filter((part) => 'figure' in part).length;
  expect(figures(first)).toBe(2);
  expect(more.map(({ path }) => path)).toEqual([`policies/${one!.id}.html`, 'policies/other.html']);
  // Nothing is lost: two figures a memory, and what was run.
  const [alone] = policiesPages({ ...site, experiments: [one!] });
  expect(more.map(figures)).toEqual([figures(alone), figures(alone)]);
  const hrefs = JSON.stringify(first!.content).match(/(?<=href":")policies\/[a-z]+\.html/g);
  expect(hrefs).toEqual(more.map(({ path }) => path));
  expect(JSON.stringify(more[0]!.content)).toContain(`../experiments/${one!.id}.html`);
});
