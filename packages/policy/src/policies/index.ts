import { FloverError } from '../error.ts';
import { nearest } from '../nearest.ts';
import type { PolicyDefinition } from '../policy.ts';
import { chunkedPrefill } from './chunked-prefill.ts';
import { concurrentInstances } from './concurrent-instances.ts';
import { continuousBatching } from './continuous-batching.ts';
import { dynamicBatching } from './dynamic-batching.ts';
import { sequential } from './sequential.ts';
import { staticBatching } from './static-batching.ts';
import { temporalFusion } from './temporal-fusion.ts';

/** The policies that come with the project. */
export const builtInPolicies: readonly PolicyDefinition[] = [
  temporalFusion,
  sequential,
  staticBatching,
  dynamicBatching,
  concurrentInstances,
  continuousBatching,
  chunkedPrefill,
];

/** A built-in policy by its name; throws FloverError `unknown-policy` with the nearest name. */
export function lookupPolicy(name: string): PolicyDefinition {
  const found = builtInPolicies.find((definition) => definition.name === name);
  if (found !== undefined) return found;
  const names = builtInPolicies.map((definition) => definition.name);
  const near = nearest(name, names);
  throw new FloverError(
    'unknown-policy',
    `there is no policy '${name}'; known: ${names.join(', ')}`,
    near === undefined ? 'or give a policy file with --policy' : `did you mean '${near}'?`,
  );
}
