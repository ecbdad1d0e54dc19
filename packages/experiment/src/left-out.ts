import { createSource } from '@flover/workload';
import { cellsOf } from './cells.ts';
import type { LoadedExperiment } from './spec/load.ts';

/** What the workload's file holds that is no request, in words; nothing where every row was taken. */
export function leftOutRows(experiment: LoadedExperiment): string | undefined {
  const { workload, seed } = cellsOf(experiment)[0];
  if (workload.kind !== 'trace' || workload.malformed !== 'skip') return undefined;
  const { leftOut = [] } = createSource(workload, { seed, folder: experiment.folder });
  const [first] = leftOut;
  if (first === undefined) return undefined;
  const rows = leftOut.length === 1 ? '1 row is' : `${leftOut.length} rows are`;
  return `${workload.path}: ${rows} left out; line ${first.line}: ${first.problem}`;
}
