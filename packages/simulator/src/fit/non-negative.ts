/** A least-squares fit of some columns: one coefficient for each, or undefined. */
export type Fit = (rows: readonly (readonly number[])[]) => number[] | undefined;

/**
 * Solves such that the coefficients of the columns in `bounded` are at least 0.
 *
 * While one of them comes out negative, the most negative column is left out (its coefficient is 0)
 * and the others are fitted anew, so that none makes up for what another may not be. Undefined when
 * `solve` is.
 */
export function fitNonNegative(
  rows: readonly (readonly number[])[],
  bounded: readonly number[],
  solve: Fit,
): number[] | undefined {
  const columns = rows[0]?.length ?? 0;
  let kept = Array.from({ length: columns }, (_, column) => column);
  for (;;) {
    const solution = new Array<number>(columns).fill(0);
    if (kept.length === 0) return solution;
    const fitted = solve(rows.map((row) => kept.map((column) => row[column])));
    if (fitted === undefined) return undefined;
    kept.forEach((column, i) => {
      solution[column] = fitted[i];
    });
    const least = Math.min(...bounded.map((column) => solution[column]));
    if (least >= 0) return solution;
    kept = kept.filter((column) => !(bounded.includes(column) && solution[column] === least));
  }
}
