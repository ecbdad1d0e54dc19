import { type Difference, metricDefinition, type SweepPoint } from '@flover/metrics';
import type { Signs } from '../data/site-data.ts';
import { number, withUnit } from '../marks/format.ts';
import type { Figure } from './figure.ts';
import { type SweepView, sweepDrawing, sweepTable } from './sweep-drawing.ts';
import { lowered, place } from './sweep-sentence.ts';

/** Differences of the policies of a view from the baseline, seed by seed; none in older sweeps. */
export function differencesFigure(
  view: SweepView,
  signs: Signs,
  { id, title }: Pick<Figure, 'id' | 'title'>,
): Figure | undefined {
  const { baseline, labels, seeds } = view.sweep;
  if (baseline === undefined) return undefined;
  const differences: SweepView = {
    ...view,
    labels: labels.filter((label) => label !== baseline),
    estimateOf: (point, key) => point.differences?.[key] ?? null,
    signed: true,
  };
  const finding = sentence(differences, baseline);
  if (finding === undefined) return undefined;
  const intervals =
    seeds.length === 1
      ? 'One seed has no interval.'
      : `Means over ${seeds.length} seeds, with Student’s 95 % interval of the mean difference; of such intervals one in 20 excludes 0 by chance.`;
  return {
    id,
    title: `${title}, seed by seed against ${baseline}`,
    finding,
    note: `All policies meet the same requests of a seed, so what seeds differ in cancels: each policy’s value less that of ${baseline}, which is the line at 0. ${intervals}`,
    drawing: sweepDrawing(differences, signs, finding),
    table: sweepTable(
      differences,
      `Differences from ${baseline} over seeds, with the ends of their 95 % confidence intervals and the seeds below and above 0`,
    ),
  };
}

interface Place {
  readonly point: SweepPoint;
  readonly difference: Difference;
}

/** The largest difference in the first metric whose interval excludes 0, and how many do. */
function sentence({ slice, keys, labels }: SweepView, baseline: string): string | undefined {
  const [key] = keys;
  if (key === undefined) return undefined;
  const all = slice.points.flatMap((point): Place[] => {
    const difference = labels.includes(point.label) ? point.differences?.[key] : undefined;
    return difference ? [{ point, difference }] : [];
  });
  if (all.length === 0) return undefined;
  const { label, unit } = metricDefinition(key)!;
  const name = lowered(label);
  const repeated = all.filter(({ difference }) => difference.low !== null);
  const told = repeated.filter(({ difference: { low, high } }) => low! > 0 || high! < 0);
  if (repeated.length > 0 && told.length === 0) {
    return `Seed by seed no policy differs from ${baseline} in ${name} beyond chance: no 95 % interval excludes 0.`;
  }
  const from = repeated.length > 0 ? told : all;
  const [most] = [...from].sort(
    (a, b) => Math.abs(b.difference.estimate) - Math.abs(a.difference.estimate),
  );
  const { estimate, low, high, below, above, count } = most!.difference;
  const where = slice.along === undefined ? '' : ` at ${place(most!.point.axes, slice.along)}`;
  const size = withUnit(Math.abs(estimate), unit);
  const way = estimate < 0 ? 'lower' : 'higher';
  const agree = estimate < 0 ? below : above;
  const seeds =
    count === 1 ? 'in one seed' : `in ${agree === count ? 'all' : `${agree} of`} ${count} seeds`;
  const interval =
    low === null || high === null
      ? ''
      : `, 95 % interval ${withUnit(low, unit)} to ${withUnit(high, unit)}`;
  const others =
    repeated.length < 2
      ? ''
      : ` Of ${number(repeated.length)} such intervals ${number(told.length)} ${told.length === 1 ? 'excludes' : 'exclude'} 0.`;
  const whose = `${most!.point.label}’s ${name} is ${size} ${way} than ${baseline}’s${where}`;
  return `Seed by seed ${whose} (${seeds}${interval}).${others}`;
}
