import { estimateMetrics, type MetricKey, type MetricValues, type Sweep } from '@flover/metrics';
import { expect, test } from 'vitest';
import { signsAmong } from '../facts/signs.ts';
import { html } from '../marks/html.ts';
import { tinySweep } from '../testing/tiny-site.ts';
import { sweepFigures } from './sweep-figure.ts';

const LOAD = 'workload.arrivals.requestsPerSecond';

/** Policies at loads 1, 4, 16 and one memory, with the mean latency that `e2eMsMean` gives. */
function sweepOf(
  labels: readonly string[],
  e2eMsMean: (load: number, label: string) => number,
  show: readonly MetricKey[] = ['e2eMsMean'],
): Sweep {
  const points = [1, 4, 16].flatMap((load) =>
    labels.map((label) => ({
      axes: { [LOAD]: load },
      ...{ label, done: 3, failed: 0 },
      metrics: estimateMetrics(
        [0.9, 1, 1.1].map(
          (noise) => ({ e2eMsMean: e2eMsMean(load, label) * noise, sloShare: 1 }) as MetricValues,
        ),
      ),
    })),
  );
  return { ...tinySweep(), axes: [{ key: LOAD, values: [1, 4, 16] }], labels, points, show };
}
const figureOf = (sweep: Sweep) => sweepFigures(sweep, signsAmong([sweep.labels]))[0]!;

test('of what is better lower, who is ahead where policies lie furthest apart', () => {
  const of = { sequential: 30, mine: 10, 'temporal-fusion': 10.01 };
  const { finding } = figureOf(
    sweepOf(Object.keys(of), (load, label) => of[label as keyof typeof of] * (load === 4 ? 3 : 2)),
  );
  expect(finding).toBe(
    'Policies differ most at 4 requests per second: mine and temporal-fusion have the lowest E2E ' +
      'mean, 30 ms (within 0.5 % of each other), sequential the highest, 90 ms.',
  );
});

test('of one policy, where it is lowest; of policies that are alike, that they are', () => {
  const alone = figureOf(sweepOf(['mine'], (load) => Math.abs(load - 4) + 1));
  expect(alone.finding).toBe('mine has its lowest E2E mean, 1 ms, at 4 requests per second.');
  const alike = figureOf(sweepOf(['mine', 'sequential'], (load) => load));
  expect(alike.finding).toMatch(/^mine and sequential are alike in E2E mean everywhere: /);
});

test('the metrics that the file chose have a panel and columns each, in its order', () => {
  const { drawing, table } = figureOf(sweepOf(['mine'], (load) => load, ['sloShare', 'e2eMsMean']));
  const titles = [...html(drawing).matchAll(/class="panel-title"[^>]*>([^<]*)</g)];
  expect(titles.map(([, title]) => title)).toEqual(['SLO met, share', 'E2E mean, ms']);
  expect(table.columns).toEqual([
    ...[LOAD, 'Policy', 'Runs', 'sloShare', 'sloShare low', 'sloShare high'],
    ...['e2eMsMean', 'e2eMsMean low', 'e2eMsMean high'],
  ]);
});

test('keys that were varied together are named, and have a column each', () => {
  const sweep = sweepOf(['mine'], (load) => load);
  const sets = { [LOAD]: [1, 4, 16], 'workload.requests': [10, 40, 160] };
  const points = sweep.points.map(({ axes, ...point }) => ({
    ...point,
    axes: { load: axes[LOAD] },
  }));
  const { note, table, drawing } = figureOf({
    ...{ ...sweep, points },
    axes: [{ key: 'load', values: [1, 4, 16], sets }],
  });
  expect(note).toContain(`By load the file varies ${LOAD} and workload.requests;`);
  expect(table.columns.slice(0, 2)).toEqual([LOAD, 'workload.requests']);
  expect(table.rows.map((row) => row.slice(0, 2))).toEqual([
    [1, 10],
    [4, 40],
    [16, 160],
  ]);
  expect(html(drawing)).toContain('>load<');
});
