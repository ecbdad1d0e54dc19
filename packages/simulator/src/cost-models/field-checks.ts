import { FloverError } from '@flover/policy';

/** Refuses a value of a profile file; `path` says where it stands. */
export type Check = (value: unknown, path: string) => void;

const HINT = 'make the profile again with `flover profile`';

function fail(path: string, value: unknown, allowed: string): never {
  const seen = JSON.stringify(value) ?? 'missing';
  const shown = seen.length > 60 ? `${seen.slice(0, 60)}...` : seen;
  throw new FloverError('profile-invalid', `${path} is ${shown}; allowed: ${allowed}`, HINT);
}

export const text: Check = (value, path) => {
  if (typeof value !== 'string') fail(path, value, 'a text');
};

export const finite: Check = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) fail(path, value, 'a finite number');
};

export const notNegative: Check = (value, path) => {
  finite(value, path);
  if ((value as number) < 0) fail(path, value, 'a number of at least 0');
};

export const upToOne: Check = (value, path) => {
  finite(value, path);
  const share = value as number;
  if (share < 0 || share > 1) fail(path, value, 'a number from 0 to 1');
};

export function exactly(expected: string | number): Check {
  return (value, path) => {
    if (value !== expected) fail(path, value, JSON.stringify(expected));
  };
}

export function wholeFrom(least: number): Check {
  return (value, path) => {
    if (Number.isInteger(value) && (value as number) >= least) return;
    fail(path, value, `a whole number from ${least}`);
  };
}

export function oneOf(allowed: readonly (string | number)[]): Check {
  return (value, path) => {
    if (!allowed.includes(value as string | number)) fail(path, value, allowed.join(', '));
  };
}

/** A field that may be missing. */
export function optional(check: Check): Check {
  return (value, path) => {
    if (value !== undefined) check(value, path);
  };
}

export function listOf(check: Check): Check {
  return (value, path) => {
    if (!Array.isArray(value)) fail(path, value, 'a list');
    value.forEach((entry, i) => {
      check(entry, `${path}[${i}]`);
    });
  };
}

/** An object that has at least these fields. */
export function fields(checks: Readonly<Record<string, Check>>): Check {
  return (value, path) => {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isObject) fail(path, value, 'an object');
    for (const [name, check] of Object.entries(checks)) {
      check((value as Record<string, unknown>)[name], `${path}.${name}`);
    }
  };
}

export function ascending(path: string, knots: readonly number[]): void {
  if (knots.every((knot, i) => i === 0 || knot > knots[i - 1])) return;
  fail(path, knots, 'ascending numbers');
}

/** Ascending, and at least one. */
export function knotted(path: string, knots: readonly number[]): void {
  if (knots.length === 0) fail(path, knots, 'at least one number');
  ascending(path, knots);
}

/** As many entries as something else in the file asks for. */
export function counted(path: string, list: readonly unknown[], count: number, each: string): void {
  if (list.length !== count) fail(path, list, `one entry for each of ${count} ${each}`);
}
