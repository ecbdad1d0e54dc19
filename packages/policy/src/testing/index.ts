export {
  type ArbitraryOptions,
  caseArbitrary,
  memoryArbitrary,
  requestArbitrary,
} from './arbitraries.ts';
export type { CaseRequest, LawCase, Twist } from './case.ts';
export { checkCase, checkLaws } from './check-laws.ts';
export { type Branch, branches, type Coverage } from './coverage.ts';
export { formatCounterexample, formatWorld } from './format.ts';
export { runCase, type SchedulerFactory, type Subject, transcript } from './harness.ts';
export type { Law, RunTwin, Violation } from './law.ts';
export type { CheckOptions, Counterexample, LawReport, LawResult } from './law-report.ts';
export { lawSuite } from './law-suite.ts';
export { laws } from './laws/index.ts';
export { transcriptsElsewhere } from './other-process.ts';
export type { Run } from './record.ts';
