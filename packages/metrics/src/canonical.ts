/**
 * JSON with the keys of every object in ascending order and no white space: two values that mean
 * the same give the same bytes. Undefined properties are left out, as in JSON.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) return inner;
    if (ArrayBuffer.isView(inner)) return Array.from(inner as unknown as ArrayLike<number>);
    const entries = Object.entries(inner);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** Are the canonical forms of two values the same bytes? */
export function sameJson(a: unknown, b: unknown): boolean {
  // Equal bytes with the keys as they come are equal in canonical form too.
  return JSON.stringify(a) === JSON.stringify(b) || canonicalJson(a) === canonicalJson(b);
}
