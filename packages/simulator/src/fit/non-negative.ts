/** A least-squares fit of some columns: one coefficient for each, or undefined. */
export type Fit = (rows: readonly (readonly number[])[]) => number[] | undefined;

/**
 * Solves such that the coefficients of the columns in `bounded` are at least 0.
 *
 * While one of them comes out negative, the most negative column is left out (its coefficient is 0)
 * and the others are fitted anew, so that none makes up for what another may not be. A column that was
 * left out beside another which then went too is taken back where it does without that one. Undefined
 * when `solve` is, or without rows.
 */
export function fitNonNegative(
  rows: readonly (readonly number[])[],
  bounded: readonly number[],
  solve: Fit,
): number[] | undefined {
  if (rows.length === 0) return undefined;
  const all = rows[0].map((_, column) => column);
  const solved = (kept: readonly number[]) => solveFor(rows, kept, solve);
  let kept = all;
  let solution = solved(kept);
  while (solution !== undefined) {
    const least = leastOf(solution, bounded);
    if (least >= 0) break;
    const found = solution;
    kept = kept.filter((column) => !(bounded.includes(column) && found[column] === least));
    solution = solved(kept);
  }
  let tried = 0;
  while (solution !== undefined && tried < all.length) {
    const more = kept.includes(tried) ? undefined : solved([...kept, tried]);
    if (more === undefined || leastOf(more, bounded) < 0) {
      tried++;
      continue;
    }
    // What is kept now may let another in that was turned away.
    [kept, solution, tried] = [[...kept, tried], more, 0];
  }
  return solution;
}

/** Coefficients of all columns, 0 for those that are not kept. */
function solveFor(
  rows: readonly (readonly number[])[],
  kept: readonly number[],
  solve: Fit,
): number[] | undefined {
  const solution = rows[0].map(() => 0);
  if (kept.length === 0) return solution;
  const fitted = solve(rows.map((row) => kept.map((column) => row[column])));
  if (fitted === undefined) return undefined;
  kept.forEach((column, i) => {
    solution[column] = fitted[i];
  });
  return solution;
}

function leastOf(solution: readonly number[], bounded: readonly number[]): number {
  return bounded.reduce((least, column) => Math.min(least, solution[column]), 0);
}
