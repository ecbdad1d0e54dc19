import { type CellResult, CellSimulator } from '@flover/experiment';
import { nullSink } from '@flover/trace';
import type { SweepCellJob } from '../job.ts';
import type { JobContext } from '../worker.ts';
import { hooksOf } from './experiment.ts';

/** Keeps the policies and cost models that the cells of this thread share. */
const simulator = new CellSimulator();

/** Simulates one cell of a sweep; its progress is the sweep's. */
export function sweepCellJob(
  { cell, traces, commandLine }: SweepCellJob,
  context: JobContext,
): Promise<CellResult | undefined> {
  const hooks = { ...hooksOf(context, commandLine), say: () => {}, watch: () => nullSink };
  return simulator.simulate(cell, hooks, traces);
}
