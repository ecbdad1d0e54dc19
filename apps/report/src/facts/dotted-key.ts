/** The value at a dotted key. */
export function at(value: unknown, key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>(
      (inner, name) =>
        inner !== null && typeof inner === 'object'
          ? (inner as Readonly<Record<string, unknown>>)[name]
          : undefined,
      value,
    );
}
