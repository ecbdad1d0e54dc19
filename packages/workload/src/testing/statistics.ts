/**
 * Largest distance between the sample's distribution and a continuous one, from `floor` up.
 *
 * Values below `floor` count, but are not told apart: a floor above the resolution of the sample
 * keeps its rounding out of the comparison.
 */
export function kolmogorovSmirnov(
  sample: readonly number[],
  cdf: (x: number) => number,
  floor = Number.NEGATIVE_INFINITY,
): number {
  const sorted = Float64Array.from(sample).sort();
  let largest = 0;
  sorted.forEach((x, i) => {
    if (x < floor) return;
    const expected = cdf(x);
    const below = expected - i / sorted.length;
    const above = (i + 1) / sorted.length - expected;
    largest = Math.max(largest, below, above);
  });
  return largest;
}

/** Distance that a true sample of this size exceeds once in a thousand times. */
export function kolmogorovSmirnovLimit(size: number): number {
  return 1.949 / Math.sqrt(size);
}

/** Sum of (observed - expected)^2 / expected. */
export function chiSquare(observed: readonly number[], expected: readonly number[]): number {
  return observed.reduce((sum, count, i) => sum + (count - expected[i]!) ** 2 / expected[i]!, 0);
}

/** Value that a true chi-square exceeds once in a thousand times (Wilson and Hilferty 1931). */
export function chiSquareLimit(degreesOfFreedom: number): number {
  const k = 2 / (9 * degreesOfFreedom);
  return degreesOfFreedom * (1 - k + 3.0902 * Math.sqrt(k)) ** 3;
}

/** Distribution function of the gamma distribution, by its power series. */
export function gammaCdf(x: number, shape: number, scale: number): number {
  if (x <= 0) return 0;
  const z = x / scale;
  let term = 1 / shape;
  let sum = term;
  for (let n = 1; term > sum * 1e-15; n++) {
    term *= z / (shape + n);
    sum += term;
  }
  return Math.min(1, sum * Math.exp(-z + shape * Math.log(z) - logGamma(shape)));
}

/** Distribution function of the standard normal (Abramowitz and Stegun 26.2.17, to 7.5e-8). */
export function normalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const series =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return z > 0 ? 1 - tail : tail;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Pearson's correlation. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const meanA = mean(a);
  const meanB = mean(b);
  const covariance = mean(a.map((x, i) => (x - meanA) * (b[i]! - meanB)));
  const varianceA = mean(a.map((x) => (x - meanA) ** 2));
  const varianceB = mean(b.map((x) => (x - meanB) ** 2));
  return covariance / Math.sqrt(varianceA * varianceB);
}

/** Logarithm of the gamma function by Stirling's series, shifted to where it is exact. */
function logGamma(x: number): number {
  let shift = 0;
  let y = x;
  while (y < 12) shift += Math.log(y++);
  const series = 1 / (12 * y) - 1 / (360 * y ** 3) + 1 / (1260 * y ** 5) - 1 / (1680 * y ** 7);
  return (y - 0.5) * Math.log(y) - y + Math.log(2 * Math.PI) / 2 + series - shift;
}
