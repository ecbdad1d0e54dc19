import type { MemoryConfig, ParameterValue } from '@flover/policy';
import type { MetricKey } from './catalog.ts';
import type { Divergence } from './divergence.ts';
import type { ErrorSplit } from './error-split.ts';
import type { Slo } from './goodput.ts';
import type { DecisionParity } from './parity.ts';
import type { IntervalCoverage, TenantCoverage } from './prediction-intervals.ts';
import type { MetricsSummary } from './summary.ts';
import type { IterationErrors, RequestErrors } from './timing-parity.ts';

/** Where a run took place. */
export type WorldName = 'simulator' | 'engine';

/** Where a measured value is expected with a probability of `level`, in the metric's unit. */
export interface PredictionInterval {
  readonly low: number;
  readonly high: number;
  /** Between 0 and 1. */
  readonly level: number;
}

/** Prediction intervals by metric; those that cannot be had are missing. */
export type PredictionIntervals = Readonly<Partial<Record<MetricKey, PredictionInterval>>>;

/** Prediction intervals of one tenant's metrics. */
export interface TenantIntervals {
  /** Null: the requests that say none. */
  readonly tenant: string | null;
  readonly intervals: PredictionIntervals;
}

/** One cell in one world. */
export interface CellRun {
  readonly world: WorldName;
  /** Run folder, relative to the comparison. */
  readonly folder: string;
  readonly outcome: 'complete' | 'cancelled';
  readonly metrics: MetricsSummary;
  /** Of a simulated run, where the cost model knows its own error. */
  readonly intervals?: PredictionIntervals;
  /** The same of each tenant, where requests say theirs. */
  readonly tenantIntervals?: readonly TenantIntervals[];
}

/** Did a fresh scheduler, fed the recorded events of a run folder, decide the same again? */
export interface ReplayVerdict extends DecisionParity {
  readonly label: string;
  readonly folder: string;
}

/** The error of one metric in its two parts; see `ErrorSplit`. */
export type MetricSplit = Omit<ErrorSplit, 'metric'> & {
  readonly key: MetricKey;
  /** Where `real` was expected: the simulated run's prediction interval. */
  readonly interval?: PredictionInterval;
};

/** The errors of one tenant's metrics in their two parts. */
export interface TenantSplit {
  /** Null: the requests that say none. */
  readonly tenant: string | null;
  readonly split: readonly MetricSplit[];
}

/** One policy on one draw of the workload. */
export interface CellComparison {
  readonly label: string;
  readonly seed: number;
  readonly policy: {
    readonly name: string;
    readonly parameters: Readonly<Record<string, ParameterValue>>;
    readonly file?: string;
    readonly oracle: boolean;
  };
  readonly memory: MemoryConfig;
  readonly simulated?: CellRun;
  readonly real?: CellRun;
  readonly replay?: ReplayVerdict;
  /** Where the two worlds' decisions part. */
  readonly divergence?: Divergence;
  /** Predicted against measured durations of the real run's own iterations. */
  readonly iterationErrors?: IterationErrors;
  /** Simulated against real metrics of the same requests. */
  readonly requestErrors?: RequestErrors;
  readonly split?: readonly MetricSplit[];
  /** The same of each tenant, where requests say theirs. */
  readonly tenantSplits?: readonly TenantSplit[];
}

/** The result of an experiment: `comparison.json`, and all that a report page is drawn from. */
export interface Comparison {
  readonly format: 'flover-comparison';
  readonly version: 1;
  readonly name: string;
  readonly question?: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly commit: { readonly id: string; readonly dirty: boolean };
  readonly model: {
    readonly name: string;
    readonly dataType: string;
    readonly parameters: number;
    readonly weights: string;
  };
  readonly engine?: { readonly backend: string; readonly device: string; readonly reason: string };
  readonly costModel?: {
    readonly name: string;
    readonly from: string;
    /** The device that its times were measured on, where they were. */
    readonly device?: string;
  };
  readonly limits: Readonly<Record<string, number>>;
  /** As the experiment file says it. */
  readonly workload: Readonly<Record<string, unknown>>;
  readonly seeds: readonly number[];
  /** Metrics leave out the requests that arrive before; none where it is missing. */
  readonly warmupMs?: number;
  readonly slo?: Slo;
  readonly outcome: 'complete' | 'cancelled';
  /** How often real values lay in their prediction intervals, over all cells and metrics. */
  readonly coverage?: IntervalCoverage;
  /** The same of each tenant, where requests say theirs. */
  readonly tenantCoverage?: readonly TenantCoverage[];
  readonly cells: readonly CellComparison[];
}
