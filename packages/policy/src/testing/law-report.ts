import type { MemoryConfig } from '../config.ts';
import type { ParameterValue } from '../policy.ts';
import type { LawCase } from './case.ts';
import type { Coverage } from './coverage.ts';
import type { Subject } from './harness.ts';
import type { Violation } from './law.ts';

/** How hard to try. */
export interface CheckOptions extends Pick<Subject, 'createScheduler'> {
  /** Worlds to try. Default 200. */
  readonly numRuns?: number;
  /** Seed of the worlds. Default 1. */
  readonly seed?: number;
  /** A failed result's path: goes straight to its counterexample. Needs `only` with one law. */
  readonly path?: string;
  /** Names of the laws to check. Default all that bind the policy. */
  readonly only?: readonly string[];
  /** Policy parameters, one of these a world; missing ones take their defaults. Default `[{}]`. */
  readonly parameters?: readonly Readonly<Record<string, ParameterValue>>[];
  /** Only memories of this kind. */
  readonly memory?: MemoryConfig['kind'];
  readonly planAhead?: 0 | 1;
  /** Most requests a world. Default 7. */
  readonly maxRequests?: number;
}

/** The smallest world found in which a law does not hold. */
export interface Counterexample {
  readonly world: LawCase;
  readonly violation: Violation;
  /** For a person: the law, the world, and what was said around the violation. */
  readonly text: string;
}

/** What became of one law. */
export interface LawResult {
  readonly law: string;
  readonly statement: string;
  /** `not-bound`: the policy does not make the claim that the law tests. */
  readonly verdict: 'passed' | 'failed' | 'not-bound';
  /** Worlds tried; for a failed law, up to the first in which it failed. */
  readonly cases: number;
  readonly seed: number;
  /** Leads to the shrunk counterexample. */
  readonly path: string | undefined;
  readonly counterexample: Counterexample | undefined;
}

/** What became of all laws. */
export interface LawReport {
  readonly policy: string;
  readonly passed: boolean;
  readonly results: readonly LawResult[];
  /** How often the worlds reached each rare branch. */
  readonly coverage: Coverage;
}
