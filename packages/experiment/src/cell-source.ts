import { createSource, type RequestSource } from '@flover/workload';
import type { Cell } from './cells.ts';
import type { Experiment } from './spec/load.ts';
import { tokenizeOf } from './tokenize.ts';

/** The requests of a cell: the same whenever they are asked for, and whatever runs them. */
export function sourceOf(
  experiment: Experiment,
  { workload, seed, replication }: Pick<Cell, 'workload' | 'seed' | 'replication'>,
): RequestSource {
  const tokenize = tokenizeOf(experiment);
  const { folder } = experiment;
  return createSource(workload, { seed, replication, folder, ...(tokenize && { tokenize }) });
}
