/**
 * Where x lies among ascending knots: the segment's left knot and the share of the way to its
 * right one. Beyond either end the outermost segment is continued, so the share may leave [0, 1].
 */
function locate(knots: readonly number[], x: number): { left: number; share: number } {
  if (knots.length === 1) return { left: 0, share: 0 };
  let left = 0;
  while (left + 2 < knots.length && x >= knots[left + 1]) left++;
  return { left, share: (x - knots[left]) / (knots[left + 1] - knots[left]) };
}

/** The piecewise linear function through (knots[i], values[i]) at x. */
export function interpolate(
  knots: readonly number[],
  values: readonly number[],
  x: number,
): number {
  if (knots.length === 1) return values[0];
  let left = 0;
  while (left + 2 < knots.length && x >= knots[left + 1]) left++;
  const share = (x - knots[left]) / (knots[left + 1] - knots[left]);
  return values[left] + share * (values[left + 1] - values[left]);
}

/** Weights of the knots' values in `interpolate`: a row of a design matrix. */
export function hatRow(knots: readonly number[], x: number): number[] {
  const row = new Array<number>(knots.length).fill(0);
  const { left, share } = locate(knots, x);
  row[left] = 1 - share;
  if (knots.length > 1) row[left + 1] = share;
  return row;
}

/**
 * The values that occur at least `often` times, and both ends: what was measured on purpose, not what
 * came about. Where these are fewer than three, all values. At most `limit`, evenly spread.
 */
export function chooseKnots(values: readonly number[], limit: number, often = 1): number[] {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const all = [...counts.keys()].sort((a, b) => a - b);
  const ends = [all[0], all[all.length - 1]];
  const frequent = all.filter((value) => (counts.get(value) ?? 0) >= often || ends.includes(value));
  const distinct = frequent.length < 3 ? all : frequent;
  if (distinct.length <= limit) return distinct;
  const last = distinct.length - 1;
  return Array.from({ length: limit }, (_, i) => distinct[Math.round((i * last) / (limit - 1))]);
}
