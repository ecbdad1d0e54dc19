import { FloverError } from '../error.ts';
import { InvariantError } from '../invariant.ts';
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
  return checkPolicy(name, created(definition, { ...defaults, ...given }));
}

function created(
  definition: PolicyDefinition,
  parameters: Readonly<Record<string, ParameterValue>>,
): unknown {
  try {
    return definition.create(parameters);
  } catch (cause) {
    if (cause instanceof FloverError || cause instanceof InvariantError) throw cause;
    throw new FloverError(
      'policy-threw',
      `policy '${definition.name}', being created with ${JSON.stringify(parameters)}, threw: ${cause}`,
      "correct the policy's create",
      cause,
    );
  }
}

/** What a user's own `create` gave may be anything. */
function checkPolicy(name: string, given: unknown): Policy {
  const policy = given as Partial<Policy> | null | undefined;
  if (typeof policy?.plan !== 'function' || !Array.isArray(policy.lanes)) {
    throw new FloverError(
      'invalid-policy',
      `create() of policy '${name}' gave no policy, but ${described(given)}`,
      'return { name, lanes, plan }: lanes is a list of names, plan a function',
    );
  }
  if (policy.lanes.length === 0) {
    throw new FloverError('invalid-policy', `policy '${name}' has no lanes`, 'name at least one');
  }
  return policy as Policy;
}

function described(given: unknown): string {
  if (typeof given !== 'object' || given === null) return String(given);
  return `an object with ${Object.keys(given).join(', ') || 'nothing in it'}`;
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
