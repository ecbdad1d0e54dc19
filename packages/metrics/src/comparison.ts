import type { MemoryConfig, ParameterValue } from '@flover/policy';
import type { Slo } from './goodput.ts';
import type { MetricsSummary } from './summary.ts';

/** Where a run took place. */
export type WorldName = 'simulator' | 'engine';

/** One cell in one world. */
export interface CellRun {
  readonly world: WorldName;
  /** Run folder, relative to the comparison. */
  readonly folder: string;
  readonly outcome: 'complete' | 'cancelled';
  readonly metrics: MetricsSummary;
}

/** Did a fresh scheduler, fed the recorded events, decide the same again? */
export interface ReplayVerdict {
  readonly label: string;
  readonly folder: string;
  readonly identical: boolean;
  readonly events: number;
  readonly actions: number;
  /** The first difference, readable; missing when identical. */
  readonly difference?: string;
}

/** The signed error of one metric and where it comes from; shares of the real value. */
export interface ErrorSplit {
  readonly key: string;
  readonly total: number | null;
  /** The same decisions, predicted durations. */
  readonly costModel: number | null;
  /** Other decisions. */
  readonly divergence: number | null;
}

/** Where the two worlds' decisions part. */
export interface DivergenceSummary {
  /** Launches that both worlds made alike before the first difference. */
  readonly commonLaunches: number;
  readonly simulatedLaunches: number;
  readonly realLaunches: number;
  /** The first launch that differs, readable; missing when all agree. */
  readonly first?: string;
  readonly split: readonly ErrorSplit[];
}

/** Predicted against measured durations of the real run's own iterations. */
export interface IterationErrors {
  readonly iterations: number;
  /** Mean of (predicted - measured) over mean of measured. */
  readonly signedBias: number | null;
  readonly meanAbsolutePercentageError: number | null;
  readonly absolutePercentageErrorP50: number | null;
  readonly absolutePercentageErrorP99: number | null;
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
  readonly divergence?: DivergenceSummary;
  readonly iterationErrors?: IterationErrors;
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
  readonly costModel?: { readonly name: string; readonly from: string };
  readonly limits: Readonly<Record<string, number>>;
  /** As the experiment file says it. */
  readonly workload: Readonly<Record<string, unknown>>;
  readonly seeds: readonly number[];
  readonly slo?: Slo;
  readonly outcome: 'complete' | 'cancelled';
  readonly cells: readonly CellComparison[];
}
