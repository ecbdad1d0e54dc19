/** A standard normal number from two uniform ones in [0, 1), by Box and Muller. */
export function normal(one: number, other: number): number {
  return Math.sqrt(-2 * Math.log(1 - one)) * Math.cos(2 * Math.PI * other);
}

/** The standard normal number that belongs to a key and a counter, whenever it is asked for. */
export function normalOf(key: number, counter: number): number {
  return normal(uniformOf(key, 2 * counter), uniformOf(key, 2 * counter + 1));
}

/** A uniform number in [0, 1): the finaliser of MurmurHash3 over both, twice. */
function uniformOf(key: number, counter: number): number {
  return finalise(finalise(key >>> 0) ^ counter) / 2 ** 32;
}

function finalise(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
