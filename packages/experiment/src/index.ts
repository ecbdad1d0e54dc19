export { type Cell, cellsOf } from './cells.ts';
export { parseCostModel } from './cost-model.ts';
export type { Hooks, WatchedRun } from './hooks.ts';
export { type ImportedIni, importFloverIni } from './import/flover-ini.ts';
export { type ProfileRequest, profileExperiment } from './measure.ts';
export { loadPolicyFile } from './policy-file.ts';
export { placeInPolicy } from './policy-places.ts';
export { type Commit, sourceCommit } from './provenance.ts';
export { type DamagedRun, replayFolder } from './replay.ts';
export { runExperiment } from './run-experiment.ts';
export { type LoadedExperiment, loadExperiment } from './spec/load.ts';
export type { ExperimentSpec } from './spec/schema.ts';
export { CellSimulator } from './sweep/cell-simulator.ts';
export type { SweepCell } from './sweep/plan.ts';
export type { CellOutcome, CellResult } from './sweep/results-file.ts';
export {
  runSweep,
  type SweepOptions,
  type SweepProgress,
  type SweepRunner,
} from './sweep/run-sweep.ts';
export { type LoadedSweep, loadSweep } from './sweep/sweep-file.ts';
