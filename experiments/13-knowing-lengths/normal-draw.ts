/** A standard normal number that follows from the numbers it is drawn for and nothing else. */
export function normalDraw(...from: readonly number[]): number {
  let state = 0x9e3779b9;
  for (const number of from) state = mix(state ^ mix(number | 0));
  const radius = Math.sqrt(-2 * Math.log(unit(mix(state ^ 1))));
  return radius * Math.cos(2 * Math.PI * unit(mix(state ^ 2)));
}

/** Between 0 and 1, never either. */
function unit(bits: number): number {
  return ((bits >>> 0) + 0.5) / 2 ** 32;
}

/** Spreads 32 bits over 32 bits, one to one: the finaliser of MurmurHash3, after a Weyl shift. */
function mix(bits: number): number {
  let x = (bits + 0x6d2b79f5) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
