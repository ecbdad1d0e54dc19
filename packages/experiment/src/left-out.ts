import { sourceOf } from './cell-source.ts';
import { cellsOf } from './cells.ts';
import type { LoadedExperiment } from './spec/load.ts';

/** What the workload's file holds that is no request, in words; nothing where every row was taken. */
export function leftOutRows(experiment: LoadedExperiment): string | undefined {
  const [cell] = cellsOf(experiment);
  const { workload } = cell;
  if (workload.kind !== 'trace' || workload.malformed !== 'skip') return undefined;
  const { leftOut = [] } = sourceOf(experiment, cell);
  const [first] = leftOut;
  if (first === undefined) return undefined;
  const rows = leftOut.length === 1 ? '1 row is' : `${leftOut.length} rows are`;
  return `${workload.path}: ${rows} left out; line ${first.line}: ${first.problem}`;
}
