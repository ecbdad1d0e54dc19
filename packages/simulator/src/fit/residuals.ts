import { mean, quantile } from 'simple-statistics';

/** How far a fit is from what was measured: errors are 100 (predicted / measured - 1), per cent. */
export interface Residuals {
  readonly samples: number;
  /** Signed mean error. */
  readonly biasPercent: number;
  /** Mean absolute error. */
  readonly mapePercent: number;
  /** Absolute error that 50 % and 95 % of the samples stay within, and the largest. */
  readonly p50Percent: number;
  readonly p95Percent: number;
  readonly maxPercent: number;
}

/** Compares predictions with measurements above 0, pairwise. */
export function residualsOf(predicted: readonly number[], measured: readonly number[]): Residuals {
  if (measured.length === 0) {
    const none = { biasPercent: 0, mapePercent: 0, p50Percent: 0, p95Percent: 0, maxPercent: 0 };
    return { samples: 0, ...none };
  }
  const errors = predicted.map((value, i) => 100 * (value / measured[i] - 1));
  const absolute = errors.map(Math.abs);
  return {
    samples: measured.length,
    biasPercent: mean(errors),
    mapePercent: mean(absolute),
    p50Percent: quantile(absolute, 0.5),
    p95Percent: quantile(absolute, 0.95),
    maxPercent: absolute.reduce((a, b) => Math.max(a, b), 0),
  };
}
