import { quantile } from './quantile.ts';

/**
 * How far predictions are from measurements, percent of the measured value.
 *
 * Errors are signed (predicted - measured) / measured; the percentiles are of their size.
 */
export interface ErrorStatistics {
  /** Pairs with a measured value above 0. */
  readonly count: number;
  /** Pairs left out because nothing was measured or one side is not defined. */
  readonly skipped: number;
  /** Mean signed error. */
  readonly biasPercent: number | null;
  /** Signed error of the sums. */
  readonly totalPercent: number | null;
  /** Mean of the errors' sizes (MAPE). */
  readonly mapePercent: number | null;
  readonly p50Percent: number | null;
  readonly p90Percent: number | null;
  readonly p99Percent: number | null;
  readonly maxPercent: number | null;
}

const NOTHING = {
  biasPercent: null,
  totalPercent: null,
  mapePercent: null,
  p50Percent: null,
  p90Percent: null,
  p99Percent: null,
  maxPercent: null,
} as const;

/** Error statistics of pairs (predicted[i], measured[i]), both of the same length and unit. */
export function errorStatistics(
  predicted: ArrayLike<number>,
  measured: ArrayLike<number>,
): ErrorStatistics {
  const sizes = new Float64Array(measured.length);
  let count = 0;
  let signed = 0;
  let size = 0;
  let predictedSum = 0;
  let measuredSum = 0;
  for (let i = 0; i < measured.length; i++) {
    const error = (predicted[i]! - measured[i]!) / measured[i]!;
    if (!Number.isFinite(error) || measured[i]! <= 0) continue;
    signed += error;
    size += Math.abs(error);
    sizes[count++] = Math.abs(error);
    predictedSum += predicted[i]!;
    measuredSum += measured[i]!;
  }
  const skipped = measured.length - count;
  if (count === 0) return { count, skipped, ...NOTHING };
  const sorted = sizes.subarray(0, count).sort();
  return {
    count,
    skipped,
    biasPercent: (100 * signed) / count,
    totalPercent: 100 * (predictedSum / measuredSum - 1),
    mapePercent: (100 * size) / count,
    p50Percent: 100 * quantile(sorted, 0.5),
    p90Percent: 100 * quantile(sorted, 0.9),
    p99Percent: 100 * quantile(sorted, 0.99),
    maxPercent: 100 * sorted[count - 1]!,
  };
}
