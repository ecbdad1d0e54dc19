import { CATALOG, type MetricKey, type MetricValues } from './catalog.ts';
import type { Slo } from './goodput.ts';
import { studentInterval } from './intervals.ts';

/** A metric over independent replications. */
export interface Estimate {
  /** Mean over the replications in which the metric is defined. */
  readonly estimate: number;
  /** Ends of the 95 % confidence interval of the mean; null for a single replication. */
  readonly low: number | null;
  readonly high: number | null;
  /** Replications in which the metric is defined. */
  readonly count: number;
}

/** The estimate of every metric; null where no replication defines it. */
export type MetricEstimates = Readonly<Record<MetricKey, Estimate | null>>;

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
  /** What is varied, outermost first, as the file says it. */
  readonly axes: readonly { readonly key: string; readonly values: readonly unknown[] }[];
  /** The policies, in the order of the file. */
  readonly labels: readonly string[];
  /** Those of them that saw true output lengths; none where it is missing. */
  readonly oracles?: readonly string[];
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

/** Estimates of every metric from independent replications. */
export function estimateMetrics(runs: readonly MetricValues[]): MetricEstimates {
  const estimates = CATALOG.map(({ key }) => [key, estimateOf(runs.map((run) => run[key]))]);
  return Object.fromEntries(estimates) as MetricEstimates;
}

function estimateOf(values: readonly (number | null)[]): Estimate | null {
  // A sweep that goes on may hold results from before a metric was there: neither null nor a number.
  const defined = values.filter((value) => typeof value === 'number');
  if (defined.length === 0) return null;
  const interval = studentInterval(defined);
  if (interval === null) return { estimate: defined[0]!, low: null, high: null, count: 1 };
  const { estimate, low, high, count } = interval;
  return { estimate, low, high, count };
}
