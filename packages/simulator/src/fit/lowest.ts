const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** Of the range, how near to the lowest place is near enough. */
const CLOSE = 1e-3;

/**
 * Where a function that first falls and then rises is lowest between `low` and `high`, or at one of
 * them: at `low` where it is nowhere lower.
 */
export function lowest(of: (x: number) => number, low: number, high: number): number {
  let [from, to] = [low, high];
  let [left, right] = [to - GOLDEN * (to - from), from + GOLDEN * (to - from)];
  let [atLeft, atRight] = [of(left), of(right)];
  while (to - from > CLOSE * (high - low)) {
    if (atLeft <= atRight) {
      [to, right, atRight] = [right, left, atLeft];
      left = to - GOLDEN * (to - from);
      atLeft = of(left);
    } else {
      [from, left, atLeft] = [left, right, atRight];
      right = from + GOLDEN * (to - from);
      atRight = of(right);
    }
  }
  const middle = (from + to) / 2;
  return [middle, high].reduce((best, x) => (of(x) < of(best) ? x : best), low);
}
