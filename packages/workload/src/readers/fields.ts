/** Says what is wrong with a value, or nothing. */
export type FieldCheck = (value: unknown) => string | undefined;

/** The fields of a JSON object, each with its check. */
export type FieldChecks = Readonly<Record<string, FieldCheck>>;

export const wholeFrom =
  (minimum: number): FieldCheck =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= minimum
      ? undefined
      : `a whole number of at least ${minimum}`;

export const numberFrom =
  (minimum: number, most = Number.POSITIVE_INFINITY): FieldCheck =>
  (value) =>
    Number.isFinite(value) && (value as number) >= minimum && (value as number) <= most
      ? undefined
      : `a number of at least ${minimum}${atMost(most)}`;

export const numberAbove =
  (bound: number, most = Number.POSITIVE_INFINITY): FieldCheck =>
  (value) =>
    Number.isFinite(value) && (value as number) > bound && (value as number) <= most
      ? undefined
      : `a number above ${bound}${atMost(most)}`;

export const anyNumber: FieldCheck = (value) =>
  Number.isFinite(value) ? undefined : 'a finite number';

export const anyWhole: FieldCheck = (value) =>
  Number.isSafeInteger(value) ? undefined : 'a whole number';

export const trueOrFalse: FieldCheck = (value) =>
  typeof value === 'boolean' ? undefined : 'true or false';

export const someText: FieldCheck = (value) => (typeof value === 'string' ? undefined : 'a text');

export const oneOf =
  (...names: readonly string[]): FieldCheck =>
  (value) =>
    names.includes(value as string) ? undefined : `one of ${names.join(', ')}`;

export const tokenIds: FieldCheck = (value) =>
  Array.isArray(value) && value.every((id) => wholeFrom(0)(id) === undefined)
    ? undefined
    : 'a list of token ids';

export const tokenLists: FieldCheck = (value) =>
  Array.isArray(value) && value.every((ids) => tokenIds(ids) === undefined && ids.length > 0)
    ? undefined
    : 'a list of lists of token ids, none empty';

function atMost(most: number): string {
  return most < Number.POSITIVE_INFINITY ? ` and at most ${most}` : '';
}

/** The first thing that is wrong with the fields of an object; unknown fields are wrong. */
export function checkFields(
  row: Record<string, unknown>,
  checks: FieldChecks,
  what = '',
): string | undefined {
  for (const [name, value] of Object.entries(row)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (check === undefined) {
      return `there is no field "${what}${name}"; the fields are ${Object.keys(checks).join(', ')}`;
    }
    const allowed = check(value);
    if (allowed !== undefined) {
      const seen = (JSON.stringify(value) ?? 'undefined').slice(0, 60);
      return `${what}${name} is ${seen}, but must be ${allowed}`;
    }
  }
  return undefined;
}
