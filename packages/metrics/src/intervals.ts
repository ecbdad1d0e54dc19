import { invariant } from '@flover/policy';
import { mean, sampleStandardDeviation } from 'simple-statistics';
import { quantile } from './quantile.ts';
import { studentQuantile } from './student.ts';

/** An estimate with an interval that covers the truth in a `confidence` share of experiments. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** Between 0 and 1. */
  readonly confidence: number;
  /** Replications, or values resampled. */
  readonly count: number;
}

function mustBeShare(confidence: number): void {
  invariant(confidence > 0 && confidence < 1, `confidence ${confidence} is not between 0 and 1`);
}

/**
 * Interval of the mean of independent replications (seeds), by Student's t; one value a replication.
 *
 * Null for fewer than two replications: one says nothing of its own error.
 */
export function studentInterval(values: readonly number[], confidence = 0.95): Interval | null {
  mustBeShare(confidence);
  const count = values.length;
  if (count < 2) return null;
  const estimate = mean(values as number[]);
  const error = sampleStandardDeviation(values as number[]) / Math.sqrt(count);
  const margin = studentQuantile((1 + confidence) / 2, count - 1) * error;
  return { estimate, low: estimate - margin, high: estimate + margin, confidence, count };
}

export interface BootstrapOptions {
  /** Uniform in [0, 1); a stream of the run's seed. */
  readonly random: () => number;
  /** Default 0.95. */
  readonly confidence?: number;
  /** Resamples; default 1000. */
  readonly resamples?: number;
}

/**
 * Interval of a quantile of one sample of independent values, by the percentile bootstrap.
 *
 * `values` are in ascending order. Null for an empty sample. Requests of one run are not
 * independent (they queue behind each other): across runs use `studentInterval` on each run's quantile.
 */
export function bootstrapInterval(
  sorted: ArrayLike<number>,
  probability: number,
  { random, confidence = 0.95, resamples = 1000 }: BootstrapOptions,
): Interval | null {
  mustBeShare(confidence);
  const count = sorted.length;
  if (count === 0) return null;
  const estimates = new Float64Array(resamples);
  const chosen = new Uint32Array(count);
  for (let i = 0; i < resamples; i++) {
    // Resampling ranks and counting them gives the resample in order without sorting it.
    chosen.fill(0);
    for (let k = 0; k < count; k++) chosen[Math.floor(random() * count)]!++;
    estimates[i] = resampledQuantile(sorted, chosen, probability);
  }
  estimates.sort();
  const low = quantile(estimates, (1 - confidence) / 2);
  const high = quantile(estimates, (1 + confidence) / 2);
  return { estimate: quantile(sorted, probability), low, high, confidence, count };
}

/** Quantile of the sample in which sorted[i] stands times[i] times; as many values as ranks. */
function resampledQuantile(
  sorted: ArrayLike<number>,
  times: Uint32Array,
  probability: number,
): number {
  const position = (sorted.length - 1) * probability;
  const lower = Math.floor(position);
  let i = 0;
  let before = times[0]!;
  while (before <= lower) before += times[++i]!;
  const low = sorted[i]!;
  if (position === lower || before > lower + 1) return low;
  do i++;
  while (times[i] === 0);
  return low + (position - lower) * (sorted[i]! - low);
}
