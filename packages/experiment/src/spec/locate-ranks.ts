import { FloverError } from '@flover/policy';
import type { LoadedExperiment } from './load.ts';
import { specProblem } from './problems.ts';

/** By code of an engine that cannot have its ranks: the key that asked for them. */
const KEYS = new Map([
  ['world-invalid', 'tensorParallel'],
  ['device-unavailable', 'tensorParallel'],
  ['tensor-parallel-unavailable', 'tensorParallel'],
  ['peers-apart', 'tensorParallel'],
  ['collective-unavailable', 'collective'],
  ['nccl-unavailable', 'collective'],
]);

/** An engine's error; what it says against its ranks gets the line that asked for them. */
export function locateRanks(error: unknown, { source }: LoadedExperiment): unknown {
  const key = error instanceof FloverError ? KEYS.get(error.code) : undefined;
  if (key === undefined) return error;
  const { message, hint } = error as FloverError;
  return specProblem(source, ['engine', key], message, hint);
}
