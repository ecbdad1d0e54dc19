import { invariant } from '@flover/policy';
import { mean, sampleStandardDeviation } from 'simple-statistics';
import { studentQuantile } from './student.ts';

/** An estimate with an interval that covers the truth in a `confidence` share of experiments. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** Between 0 and 1. */
  readonly confidence: number;
  /** Replications. */
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
