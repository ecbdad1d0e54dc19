import type { CheckName, Collective, ValidateOptions, Validation } from '@flover/engine';
import type { CellResult, DamagedRun, SweepCell } from '@flover/experiment';
import type { Comparison, ReplayVerdict, WorldName } from '@flover/metrics';
import type { ParameterValue } from '@flover/policy';
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
  /** Results whose real runs are taken, instead of executing anything. */
  readonly realFrom?: string;
  readonly commandLine: readonly string[];
}

/** Feeds recorded events to a fresh scheduler and compares its actions. */
export interface ReplayJob {
  readonly kind: 'replay';
  readonly folder: string;
  readonly policyFile?: string;
}

/** Measures the engine of an experiment's model, or takes `from`, and fits a cost profile. */
export interface ProfileJob {
  readonly kind: 'profile';
  readonly file?: string;
  readonly out: string;
  /** Folders of measured works: to be written, and to be fitted without an engine. */
  readonly keep?: string;
  readonly from?: string;
  readonly backend?: string;
}

/** Attacks a policy with the law suite. */
export interface LawsJob {
  readonly kind: 'laws';
  readonly policyFile: string;
  readonly cases: number;
  readonly seed?: number;
  /** One of these a world, the rest by their defaults. */
  readonly parameters: readonly Readonly<Record<string, ParameterValue>>[];
}

/** Checks an engine's promises with random worlds. */
export interface ValidateJob
  extends Pick<ValidateOptions, 'backend' | 'cases' | 'seed' | 'path' | 'requests' | 'dataTypes'> {
  readonly kind: 'validate';
  readonly checks?: readonly CheckName[];
  /** Names of model shapes. */
  readonly shapes?: readonly string[];
  /** Ranks under every engine. */
  readonly tensorParallel: number;
  /** Of each rank; default: one each. */
  readonly devices?: readonly number[];
  /** Default: `one-shot`. */
  readonly collective?: Collective;
  /** Folder with references for the check `transformers`. */
  readonly references?: string;
  /** Folder that receives `validation.json`. */
  readonly out?: string;
}

/** `validation.json`. */
export interface ValidationDocument extends Validation {
  readonly format: 'flover-validation';
  readonly version: 1;
  readonly createdAt: string;
  readonly commit: { readonly id: string; readonly dirty: boolean };
  readonly node: string;
  readonly host: string;
  readonly options: Pick<ValidateOptions, 'backend' | 'cases' | 'seed' | 'requests' | 'dataTypes'>;
  /** Everything asked was shown. */
  readonly holds: boolean;
}

/** Simulates one cell of a sweep. */
export interface SweepCellJob {
  readonly kind: 'sweep-cell';
  readonly cell: SweepCell;
  /** Folder that receives the cell's run folder; nothing is written without it. */
  readonly traces?: string;
  readonly commandLine: readonly string[];
}

export type Job = ExperimentJob | ReplayJob | ProfileJob | LawsJob | ValidateJob | SweepCellJob;

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
  readonly replay: readonly (ReplayVerdict | DamagedRun)[];
  readonly profile: { readonly file: string; readonly summary: string };
  readonly laws: readonly LawVerdict[];
  readonly validate: ValidationDocument;
  /** Undefined when it was cancelled. */
  readonly 'sweep-cell': CellResult | undefined;
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
