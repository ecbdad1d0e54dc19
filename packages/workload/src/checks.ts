import { FloverError } from '@flover/policy';

function fail(what: string, value: unknown, allowed: string): never {
  throw new FloverError(
    'workload-invalid',
    `${what} is ${JSON.stringify(value)}, but must be ${allowed}`,
    `set ${what} to ${allowed}`,
  );
}

/** A finite number above 0. */
export function positive(value: number, what: string): number {
  if (!(Number.isFinite(value) && value > 0)) fail(what, value, 'a number above 0');
  return value;
}

/** A finite number of at least 0. */
export function notNegative(value: number, what: string): number {
  if (!(Number.isFinite(value) && value >= 0)) fail(what, value, 'a number of at least 0');
  return value;
}

/** A number in [0, 1]. */
export function share(value: number, what: string): number {
  if (!(value >= 0 && value <= 1)) fail(what, value, 'a number from 0 to 1');
  return value;
}

/** A whole number of at least `minimum`. */
export function whole(value: number, what: string, minimum: number): number {
  if (!(Number.isSafeInteger(value) && value >= minimum)) {
    fail(what, value, `a whole number of at least ${minimum}`);
  }
  return value;
}

/** The name of a tenant: 1 to 64 characters that can be seen, or spaces between them. */
export function isTenant(value: unknown): value is string {
  return typeof value === 'string' && TENANT.test(value);
}

export const TENANT_NAME =
  'a text of 1 to 64 characters, without line breaks or spaces at its ends';
const TENANT = /^(?!\s)[^\p{C}\p{Zl}\p{Zp}]{1,64}(?<!\s)$/u;

/** The name of a tenant. */
export function tenant(value: string, what: string): string {
  if (!isTenant(value)) fail(what, value, TENANT_NAME);
  return value;
}

/** A whole number, of either sign. */
export function priority(value: number, what: string): number {
  if (!Number.isSafeInteger(value)) fail(what, value, 'a whole number; lower is more urgent');
  return value;
}

/** A list with something in it. */
export function notEmpty<T>(list: readonly T[], what: string): readonly T[] {
  if (list.length === 0) fail(what, list, 'a list with at least one entry');
  return list;
}

/** Two bounds in order. */
export function ordered(low: number, high: number, what: string): void {
  if (low > high) fail(what, [low, high], 'two bounds in ascending order');
}
