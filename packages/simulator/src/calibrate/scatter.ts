import { mean, median, medianAbsoluteDeviation } from 'simple-statistics';
import type { Scatter } from '../cost-models/profile-file.ts';
import type { Sample } from './samples.ts';

/** A run with fewer of something says nothing of its mean. */
const FEWEST = 3;
/** What is further from its run's median than so many deviations is drawn in: one such is no law. */
const MOST_DEVIATIONS = 4;
/** Median absolute deviation to standard deviation, for normal errors. */
const MAD_TO_SIGMA = 1.4826;

/** A sample's measured over its fitted value, or undefined where one of them is not there. */
export type RatioOf = (sample: Sample) => number | undefined;

/**
 * Splits the scatter of measured / fitted - 1 in what runs have in common and what is a work's own.
 *
 * Between runs: the root mean square of the runs' means, less what single works add to it by chance;
 * about 0 and not about their mean, so that a lasting error of the fit counts. A fit with `parameters`
 * that each bend to a run or two takes as much from what can be seen: the sum is over so many runs
 * fewer, at least a quarter of them.
 */
export function scatterOf(samples: readonly Sample[], ratioOf: RatioOf, parameters = 0): Scatter {
  const byRun = new Map<string, number[]>();
  for (const sample of samples) {
    const ratio = ratioOf(sample);
    if (ratio === undefined || !Number.isFinite(ratio)) continue;
    const errors = byRun.get(sample.run);
    if (errors === undefined) byRun.set(sample.run, [ratio - 1]);
    else errors.push(ratio - 1);
  }
  const runs = [...byRun.values()].filter((errors) => errors.length >= FEWEST).map(drawnIn);
  if (runs.length === 0) return { runs: 0, betweenPercent: 0, withinPercent: 0 };
  const works = runs.reduce((sum, errors) => sum + errors.length, 0);
  const squares = runs.reduce((sum, errors) => sum + squaresAboutMean(errors), 0);
  const within = squares / (works - runs.length);
  const byChance = mean(runs.map((errors) => within / errors.length));
  const seen = mean(runs.map((errors) => mean(errors) ** 2)) - byChance;
  const between = (seen * runs.length) / Math.max(runs.length - parameters, runs.length / 4);
  return {
    runs: runs.length,
    betweenPercent: 100 * Math.sqrt(Math.max(0, between)),
    withinPercent: 100 * Math.sqrt(within),
  };
}

function drawnIn(errors: readonly number[]): number[] {
  const middle = median([...errors]);
  const reach = MOST_DEVIATIONS * MAD_TO_SIGMA * medianAbsoluteDeviation([...errors]);
  return errors.map((error) => Math.min(middle + reach, Math.max(middle - reach, error)));
}

function squaresAboutMean(errors: readonly number[]): number {
  const middle = mean([...errors]);
  return errors.reduce((sum, error) => sum + (error - middle) ** 2, 0);
}
