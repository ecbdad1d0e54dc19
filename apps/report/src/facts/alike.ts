/** Two values that differ by no more are called alike: a sentence ranks nothing by less. */
export const ALIKE_PERCENT = 0.5;

/** Are two amounts within half a percent of the larger? */
export function areAlike(a: number, b: number): boolean {
  return Math.abs(a - b) <= (ALIKE_PERCENT / 100) * Math.max(Math.abs(a), Math.abs(b));
}
