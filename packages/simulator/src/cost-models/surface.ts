/** Engines compute a batch as the next power of two rows, from so many on. */
const FEWEST_ROWS = 8;

/** Decode rows as engines pad them: the next power of two, at least 8. */
export function paddedRows(rows: number): number {
  let padded = FEWEST_ROWS;
  while (padded < rows) padded *= 2;
  return padded;
}

/** A place among ascending knots: `share` of the way from knot `left` to the next; 0 at the last. */
export interface Place {
  readonly left: number;
  readonly share: number;
}

/** Where x lies among ascending knots; what lies beyond either end is at that end. */
export function placeWithin(knots: readonly number[], x: number): Place {
  const last = knots.length - 1;
  if (!(x > knots[0])) return { left: 0, share: 0 };
  if (x >= knots[last]) return { left: last, share: 0 };
  let left = 0;
  while (x >= knots[left + 1]) left++;
  return { left, share: (x - knots[left]) / (knots[left + 1] - knots[left]) };
}

/** A surface over two lists of knots, linear along both between them. */
export function surfaceAt(
  values: readonly (readonly number[])[],
  row: Place,
  column: Place,
): number {
  const near = alongRow(values[row.left], column);
  if (row.share === 0) return near;
  return near + row.share * (alongRow(values[row.left + 1], column) - near);
}

function alongRow(values: readonly number[], { left, share }: Place): number {
  const near = values[left];
  return share === 0 ? near : near + share * (values[left + 1] - near);
}

/** Weights of the surface's values, row by row, in `surfaceAt`: a row of a design matrix. */
export function surfaceRow(rows: number, columns: number, row: Place, column: Place): number[] {
  const weights = new Array<number>(rows * columns).fill(0);
  for (const [i, byRow] of sides(row)) {
    for (const [j, byColumn] of sides(column)) weights[i * columns + j] += byRow * byColumn;
  }
  return weights;
}

function sides({ left, share }: Place): readonly (readonly [number, number])[] {
  return share === 0
    ? [[left, 1]]
    : [
        [left, 1 - share],
        [left + 1, share],
      ];
}
