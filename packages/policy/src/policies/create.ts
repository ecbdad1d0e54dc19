import { FloverError } from '../error.ts';
import { nearest } from '../nearest.ts';
import type { ParameterValue, Policy, PolicyDefinition } from '../policy.ts';

/** Makes a policy, its missing parameters taken from their defaults; unknown ones are refused. */
export function createPolicy(
  definition: PolicyDefinition,
  given: Readonly<Record<string, ParameterValue>>,
): Policy {
  const { name, parameters: defaults } = definition;
  const known = Object.keys(defaults);
  for (const [key, value] of Object.entries(given)) {
    if (!known.includes(key)) {
      const near = nearest(key, known);
      throw new FloverError(
        'unknown-parameter',
        `policy '${name}' has no parameter '${key}'; it has: ${known.join(', ') || 'none'}`,
        near === undefined ? 'remove it' : `did you mean '${near}'?`,
      );
    }
    if (typeof value !== typeof defaults[key]) {
      throw badParameter(name, key, value, `a ${typeof defaults[key]}`);
    }
  }
  const policy = definition.create({ ...defaults, ...given });
  if (policy.lanes.length === 0) {
    throw new FloverError('invalid-policy', `policy '${name}' has no lanes`, 'name at least one');
  }
  return policy;
}

/** The error of a parameter outside its range. */
export function badParameter(
  policy: string,
  parameter: string,
  value: unknown,
  allowed: string,
): FloverError {
  return new FloverError(
    'bad-parameter',
    `parameter '${parameter}' of policy '${policy}' is ${JSON.stringify(value)}; allowed: ${allowed}`,
    `set '${parameter}' to ${allowed}`,
  );
}

/** A parameter that counts things: a whole number of at least `least`. */
export function wholeNumber(
  policy: string,
  parameter: string,
  value: number,
  least: number,
): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw badParameter(policy, parameter, value, `a whole number of at least ${least}`);
}
