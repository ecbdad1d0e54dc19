import { invariant } from '@flover/policy';

/** Buckets to a power of two; a bucket is at most 1/256 of its lower bound wide. */
const BUCKETS = 256;
const BUCKET_BITS = 8;
/** Below this every integer has a bucket of its own: counts are exact there. */
const EXACT_BELOW = BUCKETS * 2;
const LARGEST_EXPONENT = 53;
const TWO_31 = 2 ** 31;

/** Largest |reported - true| / true of an order statistic: half a bucket. */
export const HISTOGRAM_RELATIVE_ERROR = 1 / (2 * BUCKETS);

function exponentOf(value: number): number {
  if (value < TWO_31) return 31 - Math.clz32(value);
  return 31 + 31 - Math.clz32(Math.floor(value / TWO_31));
}

/** Bucket of a non-negative integer below 2^53. */
export function bucketOf(value: number): number {
  if (value < EXACT_BELOW) return value;
  const shift = exponentOf(value) - BUCKET_BITS;
  const mantissa = value < TWO_31 ? value >>> shift : Math.floor(value / 2 ** shift);
  return shift * BUCKETS + mantissa;
}

/** The middle of a bucket, or its only integer. */
export function middleOf(bucket: number): number {
  if (bucket < EXACT_BELOW) return bucket;
  const shift = Math.floor(bucket / BUCKETS) - 1;
  const lower = (bucket - shift * BUCKETS) * 2 ** shift;
  return lower + (2 ** shift - 1) / 2;
}

/**
 * Counts of non-negative integers in buckets of growing width, for percentiles of a stream.
 *
 * Any order statistic comes back within `HISTOGRAM_RELATIVE_ERROR` of the true one; count, sum,
 * smallest and largest are exact. Memory: 95 KB, whatever the number of values (below 2^53 each).
 */
export class Histogram {
  readonly #counts = new Float64Array((LARGEST_EXPONENT - BUCKET_BITS + 1) * BUCKETS);
  count = 0;
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;

  /** Counts `value` `times` times. */
  record(value: number, times: number): void {
    invariant(
      Number.isSafeInteger(value) && value >= 0,
      () => `a duration is whole nanoseconds and not negative: ${value}`,
    );
    this.#counts[bucketOf(value)]! += times;
    this.count += times;
    this.sum += value * times;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  /** The value with `rank` values before it in sorted order, 0 <= rank < count. */
  orderStatistic(rank: number): number {
    invariant(rank >= 0 && rank < this.count, () => `rank ${rank} of ${this.count} values`);
    if (rank === 0) return this.min;
    if (rank === this.count - 1) return this.max;
    let before = 0;
    // None is counted below the smallest.
    let bucket = bucketOf(this.min);
    for (; before + this.#counts[bucket]! <= rank; bucket++) before += this.#counts[bucket]!;
    return Math.min(this.max, Math.max(this.min, middleOf(bucket)));
  }

  /** Quantile of definition 7 (see `quantileSorted`); the histogram must not be empty. */
  quantile(probability: number): number {
    const position = (this.count - 1) * probability;
    const lower = Math.floor(position);
    const low = this.orderStatistic(lower);
    if (position === lower) return low;
    return low + (position - lower) * (this.orderStatistic(lower + 1) - low);
  }

  reset(): void {
    this.#counts.fill(0);
    this.count = 0;
    this.sum = 0;
    this.min = Number.POSITIVE_INFINITY;
    this.max = Number.NEGATIVE_INFINITY;
  }
}
