import { medianAbsoluteDeviation } from 'simple-statistics';
import { leastSquares } from './least-squares.ts';

/** Huber's constant: 95 % of the efficiency of plain least squares where errors are normal. */
const HUBER = 1.345;
/** Median absolute deviation to standard deviation, for normal errors. */
const MAD_TO_SIGMA = 1.4826;
const ROUNDS = 5;

/**
 * Least squares on relative errors, less pulled by stragglers: rows whose error is beyond
 * 1.345 standard deviations (estimated from the median deviation) weigh in with its reciprocal.
 * Targets are above 0. Undefined when the columns are linearly dependent.
 */
export function fitRelative(
  rows: readonly (readonly number[])[],
  targets: readonly number[],
): number[] | undefined {
  const relative = targets.map((target) => 1 / (target * target));
  let solution = leastSquares(rows, targets, relative);
  for (let round = 0; solution !== undefined && round < ROUNDS; round++) {
    const errors = rows.map((row, i) => dot(row, solution as number[]) / targets[i] - 1);
    const sigma = MAD_TO_SIGMA * medianAbsoluteDeviation(errors);
    if (sigma < 1e-9) break;
    const weights = errors.map(
      (error, i) => relative[i] * Math.min(1, (HUBER * sigma) / Math.abs(error)),
    );
    solution = leastSquares(rows, targets, weights);
  }
  return solution;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
