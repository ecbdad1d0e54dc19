import type { Difference, MetricKey, Sweep, SweepPoint } from '@flover/metrics';
import { expect, test } from 'vitest';
import { withMarks } from '../facts/oracles.ts';
import { signsAmong } from '../facts/signs.ts';
import { html } from '../marks/html.ts';
import { hang } from '../testing/gallery.ts';
import { tinySweep } from '../testing/tiny-site.ts';
import type { Figure } from './figure.ts';
import { sweepFigures } from './sweep-figure.ts';

const LOAD = 'workload.arrivals.requestsPerSecond';
const difference = (estimate: number, margin: number, below: number): Difference => ({
  ...{ estimate, low: estimate - margin, high: estimate + margin },
  ...{ count: 10, below, above: 10 - below },
});

/** Two policies beside the baseline; their differences at each load. */
function comparedSweep(
  at: (load: number, label: string) => Partial<Record<MetricKey, Difference>>,
): Sweep {
  const tiny = tinySweep();
  const labels = ['temporal-fusion', 'sequential', 'mine'];
  const slots = tiny.points.filter(({ axes }) => axes['memory.kind'] === 'slots');
  const points = slots.flatMap((point): SweepPoint[] => {
    if (point.label === 'temporal-fusion') return [point];
    return ['sequential', 'mine'].map((label) => ({
      ...{ ...point, label },
      differences: at(point.axes[LOAD] as number, label) as SweepPoint['differences'] & object,
    }));
  });
  const axes = tiny.axes.map((axis) => (axis.key === LOAD ? axis : { ...axis, values: ['slots'] }));
  const show: MetricKey[] = ['e2eMsMean', 'sloShare'];
  const seeds = Array.from({ length: 10 }, (_, i) => i + 1);
  return { ...tiny, axes, labels, points, show, seeds, baseline: 'temporal-fusion' };
}

const sweep = comparedSweep((load, label) =>
  label === 'mine'
    ? { e2eMsMean: difference(-70 * load, 500, 9), sloShare: difference(0.02 * load, 0.1, 2) }
    : { e2eMsMean: difference(2 * load, 50, 4), sloShare: difference(-0.01 * load, 0.2, 7) },
);
const differencesOf = (one: Sweep): Figure | undefined =>
  sweepFigures(one, signsAmong([one.labels])).find(({ id }) => id.startsWith('differences'));

test('the largest difference whose interval excludes 0, with it and the seeds that agree', () => {
  const { finding, title, note } = differencesOf(sweep)!;
  expect(finding).toBe(
    'Seed by seed mine’s E2E mean is 1.12 s lower than temporal-fusion’s at 16 requests per second ' +
      '(in 9 of 10 seeds, 95 % interval −1.62 s to −620 ms). Of 6 such intervals 1 excludes 0.',
  );
  expect(title).toBe('tiny-sweep: kind slots, seed by seed against temporal-fusion');
  expect(note).toContain('one in 20 excludes 0 by chance');
});

test('what more of a metric is, and all seeds', () => {
  const shown = { ...sweep, show: ['sloShare'] as const };
  const sure = { ...shown, points: shown.points.map((point) => all(point)) };
  expect(differencesOf(sure)!.finding).toMatch(
    /^Seed by seed mine’s SLO met is 0\.32 higher than .* \(in all 10 seeds, /,
  );
});
const all = (point: SweepPoint): SweepPoint =>
  point.label === 'mine'
    ? { ...point, differences: { sloShare: difference(0.32, 0.1, 0) } as never }
    : point;

test('where no interval excludes 0 nobody is ranked', () => {
  const unsure = comparedSweep(() => ({ e2eMsMean: difference(-5, 6, 6) }));
  expect(differencesOf(unsure)!.finding).toBe(
    'Seed by seed no policy differs from temporal-fusion in E2E mean beyond chance: no 95 % interval excludes 0.',
  );
});

test('of one seed there is no interval', () => {
  const alone: Difference = {
    ...{ estimate: -5, low: null, high: null },
    ...{ count: 1, below: 1, above: 0 },
  };
  const once = { ...comparedSweep(() => ({ e2eMsMean: alone })), seeds: [1] };
  const { finding, note } = differencesOf(once)!;
  expect(finding).toMatch(
    /mean is 5 ms lower than temporal-fusion’s at 1 request.* \(in one seed\)\.$/,
  );
  expect(note).toMatch(/One seed has no interval\.$/);
});

test('the baseline is the line at 0, and drawn as no policy', async () => {
  const { drawing, table } = differencesOf(sweep)!;
  const drawn = html(drawing);
  expect(drawn.match(/class="zero"/g)).toHaveLength(2);
  expect(drawn).toContain('Δ E2E mean, ms');
  expect(drawn).not.toContain('>temporal-fusion<');
  expect(table.columns.slice(-5)).toEqual(
    ['', ' low', ' high', ' below', ' above'].map((part) => `sloShare${part}`),
  );
  expect(table.rows.at(-1)!.slice(-2)).toEqual([2, 8]);
  expect(table.rows).toHaveLength(6);
  await hang('differences', drawing);
});

test('without an axis of numbers a row a policy, on both sides of 0', async () => {
  const points = sweep.points.filter(({ axes }) => axes[LOAD] === 4);
  const axes = sweep.axes.map((axis) => (axis.key === LOAD ? { ...axis, values: [4] } : axis));
  const { drawing } = differencesOf({ ...sweep, axes, points })!;
  const drawn = html(drawing);
  expect(drawn.match(/class="row"/g)).toHaveLength(4);
  expect(drawn.match(/class="zero"/g)).toHaveLength(2);
  await hang('differences-rows', drawing);
});

test('sweeps that know no baseline have no such figure', () => {
  expect(differencesOf(tinySweep())).toBeUndefined();
});

test('a baseline that saw true output lengths is marked as its label is', () => {
  const { baseline, labels } = withMarks({ ...sweep, oracles: ['temporal-fusion'] });
  expect(labels[0]).toBe(baseline);
  expect(baseline).toMatch(/oracle/);
});
