import { medianAbsoluteDeviation } from 'simple-statistics';
import { leastSquares } from './least-squares.ts';

/** Huber's constant: 95 % of the efficiency of plain least squares where errors are normal. */
const HUBER = 1.345;
/** Median absolute deviation to standard deviation, for normal errors. */
const MAD_TO_SIGMA = 1.4826;
const ROUNDS = 5;

/** Least squares on relative errors, robust; targets are above 0. See `fitRobust`. */
export function fitRelative(
  rows: readonly (readonly number[])[],
  targets: readonly number[],
): number[] | undefined {
  return fitRobust(rows, targets, targets);
}

/**
 * Least squares on errors in units of `scales`, less pulled by stragglers: rows whose error is
 * beyond 1.345 standard deviations (estimated from the median deviation) weigh in with its
 * reciprocal. Undefined when the columns are linearly dependent.
 */
export function fitRobust(
  rows: readonly (readonly number[])[],
  targets: readonly number[],
  scales: readonly number[],
): number[] | undefined {
  const plain = scales.map((scale) => 1 / (scale * scale));
  let solution = leastSquares(rows, targets, plain);
  for (let round = 0; solution !== undefined && round < ROUNDS; round++) {
    const errors = rows.map((row, i) => (dot(row, solution as number[]) - targets[i]) / scales[i]);
    const sigma = MAD_TO_SIGMA * medianAbsoluteDeviation(errors);
    if (sigma < 1e-9) break;
    const weights = errors.map(
      (error, i) => plain[i] * Math.min(1, (HUBER * sigma) / Math.abs(error)),
    );
    solution = leastSquares(rows, targets, weights);
  }
  return solution;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
