export type { BackendChoice, BackendName, BackendRequest, BackendStatus } from './backend.ts';
export { chooseBackend } from './backend.ts';
export { loadAddon } from './binding.ts';
export { parseConfig, readConfig } from './checkpoint/config.ts';
export { syntheticSource } from './checkpoint/synthetic.ts';
export { Engine, type EngineOptions, type ModelSource } from './engine.ts';
export { type EngineLimits, limitsFor } from './limits.ts';
export type { EngineModel } from './model.ts';
export { type ProfileOptions, type ProfileSummary, profileEngine } from './profile/profile.ts';
export type { ProfileReach, ProfileRun } from './profile/reach.ts';
export { profileRuns } from './profile/runs.ts';
export type { OutputListener, SequenceOutput } from './run/book.ts';
export { ListSource } from './run/list-source.ts';
export { rehearse } from './run/rehearsal.ts';
export { type RunOptions, type RunSummary, runEngine } from './run/run.ts';
export { type PromptSeed, promptOf } from './run/sequences.ts';
export { RunSignal } from './run/signal.ts';
export { warmUp } from './run/warm-up.ts';
export { Detokenizer, openTokenizer, type TextTokenizer } from './tokenizer.ts';
export { type CheckName, checkNames } from './validation/plan.ts';
export type { CheckResult } from './validation/result.ts';
export { tinyShapes, validationShapes } from './validation/shapes.ts';
export {
  holds,
  type ValidateOptions,
  type Validation,
  validateEngine,
} from './validation/validate.ts';
export type { Collective, World } from './world.ts';
export { undivided } from './world.ts';
