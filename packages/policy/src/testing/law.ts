import type { LawCase, Twist } from './case.ts';
import type { Surroundings } from './hermetic.ts';
import type { Run } from './record.ts';

/** Where and how a law was broken, for a person to read. */
export interface Violation {
  /** Index of the event at which it shows; undefined: at the end of the run. */
  readonly step: number | undefined;
  readonly message: string;
}

/** Runs the same subject again in a twin world. */
export type RunTwin = (world: LawCase, twist?: Twist, surroundings?: Surroundings) => Run;

/** Something that must hold in every run, or between a run and its twin. */
export interface Law {
  readonly name: string;
  /** One sentence. */
  readonly statement: string;
  /** Missing: binds every policy; otherwise only those for which it is true. */
  readonly binds?: (policy: Run['policy']) => boolean;
  check(run: Run, twin: RunTwin): Violation | undefined;
}
