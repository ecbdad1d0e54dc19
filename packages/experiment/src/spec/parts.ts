import type { ExperimentSpec } from './schema.ts';

type Workload = ExperimentSpec['workload'];

/** A workload that is no mix. */
export type WorkloadPart = Exclude<Workload, { kind: 'mix' }>;

/** A part of an experiment's workload, and where the file says it. */
export interface PlacedPart {
  readonly part: WorkloadPart;
  readonly path: readonly (string | number)[];
}

/** The parts of a mix; any other workload is the only part of itself. */
export function partsOf(workload: Workload): PlacedPart[] {
  if (workload.kind !== 'mix') return [{ part: workload, path: ['workload'] }];
  return workload.parts.map((part, i) => ({ part, path: ['workload', 'parts', i] }));
}
