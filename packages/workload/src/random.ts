import { createHash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** Draws from [0, 1), 53 bits each; also what d3-random's `.source()` takes. */
export type RandomStream = () => number;

/**
 * One named stream of random numbers.
 *
 * The 128 bits of xoroshiro128+ state are a SHA-256 digest of (seed, name, replication), so streams
 * share nothing: drawing more from one, or adding one, changes no number in any other. `seed` and
 * `replication` are whole numbers.
 */
export function stream(seed: number, name: string, replication = 0): RandomStream {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, name, replication]))
    .digest();
  const state = [0, 4, 8, 12].map((offset) => digest.readInt32LE(offset));
  const generator = xoroshiro128plusFromState(state);
  return () => uniformFloat64(generator);
}

/** A whole number in [0, bound), bound at most 2^32. */
export function wholeBelow(random: RandomStream, bound: number): number {
  return Math.floor(random() * bound);
}
