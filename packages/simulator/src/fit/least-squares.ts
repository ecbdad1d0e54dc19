/** A column shorter than this share of its length before elimination depends on earlier columns. */
const DEPENDENT = 1e-9;

/**
 * Coefficients x that minimise the sum over rows of weight (row . x - target)^2.
 *
 * Householder QR on columns scaled to unit length. Undefined when the columns are linearly
 * dependent or there are fewer rows than columns. (`simple-statistics` has one variable only.)
 */
export function leastSquares(
  rows: readonly (readonly number[])[],
  targets: readonly number[],
  weights: readonly number[],
): number[] | undefined {
  const columns = rows[0]?.length ?? 0;
  if (columns === 0 || rows.length < columns) return undefined;
  const rootWeights = weights.map(Math.sqrt);
  const matrix = Array.from({ length: columns }, (_, column) =>
    Float64Array.from(rows, (row, i) => row[column] * rootWeights[i]),
  );
  const right = Float64Array.from(targets, (target, i) => target * rootWeights[i]);
  const scales = matrix.map(unitLength);
  const diagonal: number[] = [];
  for (let column = 0; column < columns; column++) {
    const alpha = eliminate(matrix, right, column);
    if (!(Math.abs(alpha) > DEPENDENT)) return undefined;
    diagonal.push(alpha);
  }
  return backSubstitute(matrix, diagonal, right).map((x, column) => x / scales[column]);
}

function unitLength(column: Float64Array): number {
  const length = Math.sqrt(column.reduce((sum, value) => sum + value * value, 0));
  if (length > 0) for (let i = 0; i < column.length; i++) column[i] /= length;
  return length;
}

/** Reflects what is below the diagonal of one column to zero; returns the diagonal's value. */
function eliminate(matrix: Float64Array[], right: Float64Array, column: number): number {
  const pivot = matrix[column];
  let square = 0;
  for (let i = column; i < pivot.length; i++) square += pivot[i] * pivot[i];
  const alpha = pivot[column] > 0 ? -Math.sqrt(square) : Math.sqrt(square);
  const vector = pivot.slice(column);
  vector[0] -= alpha;
  const norm = vector.reduce((sum, value) => sum + value * value, 0);
  if (norm === 0) return alpha;
  for (let other = column + 1; other < matrix.length; other++) reflect(matrix[other]);
  reflect(right);
  return alpha;

  function reflect(target: Float64Array): void {
    let dot = 0;
    for (let i = 0; i < vector.length; i++) dot += vector[i] * target[column + i];
    const scale = (2 * dot) / norm;
    for (let i = 0; i < vector.length; i++) target[column + i] -= scale * vector[i];
  }
}

function backSubstitute(
  matrix: readonly Float64Array[],
  diagonal: readonly number[],
  right: Float64Array,
): number[] {
  const solution = new Array<number>(diagonal.length).fill(0);
  for (let row = diagonal.length - 1; row >= 0; row--) {
    let value = right[row];
    for (let k = row + 1; k < diagonal.length; k++) value -= matrix[k][row] * solution[k];
    solution[row] = value / diagonal[row];
  }
  return solution;
}
