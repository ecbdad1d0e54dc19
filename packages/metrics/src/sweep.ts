import type { MetricKey } from './catalog.ts';
import type { MetricEstimates } from './estimates.ts';
import type { Slo } from './goodput.ts';
import type { MetricDifferences } from './paired-differences.ts';
import type { TenantEstimates } from './tenant-estimates.ts';

/** One policy at one setting of the axes, over all seeds. */
export interface SweepPoint {
  /** The value of each axis, by its dotted key. */
  readonly axes: Readonly<Record<string, unknown>>;
  /** The policy. */
  readonly label: string;
  /** Cells behind the estimates. */
  readonly done: number;
  /** Cells that ended in an error. */
  readonly failed: number;
  readonly metrics: MetricEstimates;
  /** Each tenant by itself, by name; missing where no request says one. */
  readonly tenants?: readonly TenantEstimates[];
  /** From the baseline at this setting, seed by seed; missing for the baseline itself. */
  readonly differences?: MetricDifferences;
}

/** What a sweep varies. */
export interface SweepAxis {
  /** A key of the experiment file, dotted; or the name under which several are varied together. */
  readonly key: string;
  /** Of keys that are varied together, those of the first. */
  readonly values: readonly unknown[];
  /** The keys that are varied together, with their values. */
  readonly sets?: Readonly<Record<string, readonly unknown[]>>;
}

/** A cell that ended in an error. */
export interface SweepFailure {
  readonly axes: Readonly<Record<string, unknown>>;
  readonly label: string;
  readonly seed: number;
  readonly error: SweepError;
}

export interface SweepError {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** The result of a sweep: `sweep.json`, and all that a report page is drawn from. */
export interface Sweep {
  readonly format: 'flover-sweep';
  readonly version: 1;
  readonly name: string;
  readonly question?: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly commit: { readonly id: string; readonly dirty: boolean };
  /** Where it was resumed: commits of earlier starts, which made some of the cells. */
  readonly earlierCommits?: readonly string[];
  /** Outermost first. */
  readonly axes: readonly SweepAxis[];
  /** The policies, in the order of the file. */
  readonly labels: readonly string[];
  /** Those of them that saw true output lengths; none where it is missing. */
  readonly oracles?: readonly string[];
  /** The policy from which the differences of the others are; missing where there is one alone. */
  readonly baseline?: string;
  /** The metrics that tables and figures are to show, where the file says it. */
  readonly show?: readonly MetricKey[];
  readonly seeds: readonly number[];
  /** Metrics leave out the requests that arrive before; none where it is missing. */
  readonly warmupMs?: number;
  readonly slo?: Slo;
  /** The cost models that predicted the durations. */
  readonly costModels: readonly { readonly name: string; readonly from: string }[];
  /** The experiment that is varied, as the file says it. */
  readonly experiment: Readonly<Record<string, unknown>>;
  readonly outcome: 'complete' | 'cancelled';
  readonly cells: { readonly total: number; readonly done: number; readonly failed: number };
  /** Axes outermost, then policies. */
  readonly points: readonly SweepPoint[];
  readonly failures: readonly SweepFailure[];
}
