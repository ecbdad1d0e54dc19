import type { Comparison, ReplayVerdict, WorldName } from '@flover/metrics';
import type { Frame } from '../view/frame.ts';

/** Runs the cells of an experiment in one world or both, and compares them where it was both. */
export interface ExperimentJob {
  readonly kind: 'experiment';
  readonly file: string;
  readonly worlds: readonly WorldName[];
  /** Folder that receives the run folders. */
  readonly out: string;
  /** Replaces the policies of the file by this one, absolute path. */
  readonly policyFile?: string;
  /** Replaces the cost model of the file, as written on the command line. */
  readonly costModel?: string;
  /** Replaces the backend of the file. */
  readonly backend?: string;
  readonly commandLine: readonly string[];
}

/** Feeds recorded events to a fresh scheduler and compares its actions. */
export interface ReplayJob {
  readonly kind: 'replay';
  readonly folder: string;
  readonly policyFile?: string;
}

/** Measures the engine of an experiment's model and fits a cost profile. */
export interface ProfileJob {
  readonly kind: 'profile';
  readonly file: string;
  readonly out: string;
  readonly backend?: string;
}

/** Attacks a policy with the law suite. */
export interface LawsJob {
  readonly kind: 'laws';
  readonly policyFile: string;
  readonly cases: number;
  readonly seed?: number;
}

export type Job = ExperimentJob | ReplayJob | ProfileJob | LawsJob;

/** One law's verdict, as text and numbers that can cross threads. */
export interface LawVerdict {
  readonly law: string;
  readonly statement: string;
  /** `not-bound`: the policy does not make the claim that the law tests. */
  readonly verdict: 'passed' | 'failed' | 'not-bound';
  readonly cases: number;
  readonly seed: number;
  readonly counterexample?: string;
}

export interface JobResults {
  readonly experiment: Comparison;
  readonly replay: readonly ReplayVerdict[];
  readonly profile: { readonly file: string; readonly summary: string };
  readonly laws: readonly LawVerdict[];
}

export type JobResult<J extends Job> = JobResults[J['kind']];

export type WorkerMessage =
  | { readonly kind: 'frame'; readonly frame: Frame }
  | { readonly kind: 'line'; readonly text: string }
  /** Whose plan() runs from now on. */
  | { readonly kind: 'policy'; readonly label: string }
  | { readonly kind: 'result'; readonly result: unknown }
  | {
      readonly kind: 'error';
      readonly error: {
        readonly name: string;
        readonly code?: string;
        readonly message: string;
        readonly hint?: string;
        readonly stack?: string;
      };
    };
