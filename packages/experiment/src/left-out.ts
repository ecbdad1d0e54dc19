import { sourceOf } from './cell-source.ts';
import { cellsOf } from './cells.ts';
import type { LoadedExperiment } from './spec/load.ts';
import { partsOf } from './spec/parts.ts';

/** What the workload's file holds that is no request, in words; nothing where every row was taken. */
export function leftOutRows(experiment: LoadedExperiment): string | undefined {
  const lines = partsOf(experiment.spec.workload).flatMap(({ part }) => {
    if (part.kind !== 'trace' || part.malformed !== 'skip') return [];
    const alone = { ...experiment, spec: { ...experiment.spec, workload: part } };
    const { leftOut = [] } = sourceOf(alone, cellsOf(alone)[0]);
    const [first] = leftOut;
    if (first === undefined) return [];
    const rows = leftOut.length === 1 ? '1 row is' : `${leftOut.length} rows are`;
    return [`${part.path}: ${rows} left out; line ${first.line}: ${first.problem}`];
  });
  return lines.length === 0 ? undefined : lines.join('\n');
}
