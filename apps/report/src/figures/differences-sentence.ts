import type { Difference, SweepPoint } from '@flover/metrics';
import { number, withUnit } from '../marks/format.ts';
import { place } from './sweep-sentence.ts';

/** A difference from the baseline, at one point of a sweep. */
export interface Compared {
  readonly point: SweepPoint;
  readonly difference: Difference;
  /** What differs, such as "sequential’s TTFT". */
  readonly whose: string;
}

/** What the columns of a table of differences are, beside the differences. */
export const DIFFERENCE_COLUMNS =
  'with the ends of their 95 % confidence intervals and the seeds below and above 0';

/** How the intervals of differences are read. */
export function intervalsOf(seeds: readonly number[]): string {
  return seeds.length === 1
    ? 'One seed has no interval.'
    : `Means over ${seeds.length} seeds, with Student’s 95 % interval of the mean difference; of such intervals one in 20 excludes 0 by chance.`;
}

/** The largest difference whose interval excludes 0, and how many do; undefined where there is none. */
export function differencesSentence(
  all: readonly Compared[],
  words: {
    readonly unit: string;
    readonly along: string | undefined;
    /** What it is lower or higher than. */
    readonly from: string;
    /** What is so where no interval excludes 0. */
    readonly none: string;
  },
): string | undefined {
  if (all.length === 0) return undefined;
  const { unit, along, from, none } = words;
  const repeated = all.filter(({ difference }) => difference.low !== null);
  const told = repeated.filter(({ difference: { low, high } }) => low! > 0 || high! < 0);
  if (repeated.length > 0 && told.length === 0) {
    return `Seed by seed ${none} beyond chance: no 95 % interval excludes 0.`;
  }
  const [most] = [...(repeated.length > 0 ? told : all)].sort(
    (a, b) => Math.abs(b.difference.estimate) - Math.abs(a.difference.estimate),
  );
  const { estimate, low, high, below, above, count } = most!.difference;
  const where = along === undefined ? '' : ` at ${place(most!.point.axes, along)}`;
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
  return `Seed by seed ${most!.whose} is ${size} ${way} than ${from}${where} (${seeds}${interval}).${others}`;
}
