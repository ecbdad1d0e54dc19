import { invariant } from '@flover/policy';

/** Numbers above this are taken for a mistake: tables are indexed by request and sequence. */
const LARGEST = 2 ** 27;

/** Length that a table needs so that `index` fits: doubled until it does. */
export function roomFor(index: number, length: number): number {
  invariant(
    Number.isInteger(index) && index >= 0 && index < LARGEST,
    () => `numbers of requests and sequences are integers from 0 to ${LARGEST - 1}, not ${index}`,
  );
  let room = Math.max(1024, length);
  while (room <= index) room *= 2;
  return room;
}

/** A copy of `array` with `length` elements, the new ones `fill`. */
export function grownFloats(array: Float64Array, length: number, fill: number) {
  const grown = new Float64Array(length).fill(fill, array.length);
  grown.set(array);
  return grown;
}

/** A copy of `array` with `length` elements, the new ones `fill`. */
export function grownInts(array: Int32Array, length: number, fill: number) {
  const grown = new Int32Array(length).fill(fill, array.length);
  grown.set(array);
  return grown;
}
