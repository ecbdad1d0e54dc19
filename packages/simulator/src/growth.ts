/** The array itself, or a copy at least twice as long when index `count - 1` is beyond its end. */
export function withRoom<T extends Int32Array | Float64Array>(array: T, count: number): T {
  if (count <= array.length) return array;
  const make = array.constructor as new (length: number) => T;
  const longer = new make(Math.max(count, 2 * array.length));
  longer.set(array);
  return longer;
}
