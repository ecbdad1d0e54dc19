export { canonicalJson } from './canonical.ts';
export {
  CATALOG,
  type LatencyKey,
  type MetricDefinition,
  type MetricKey,
  type MetricValues,
  metricDefinition,
  type ScalarKey,
} from './catalog.ts';
export { MetricsCollector, type MetricsOptions } from './collector.ts';
export type {
  CellComparison,
  CellRun,
  Comparison,
  MetricSplit,
  PredictionInterval,
  PredictionIntervals,
  ReplayVerdict,
  TenantIntervals,
  TenantSplit,
  WorldName,
} from './comparison.ts';
export {
  compareLaunches,
  type Divergence,
  type FirstDivergence,
  type LaunchComparison,
} from './divergence.ts';
export { type ErrorSplit, splitErrors } from './error-split.ts';
export { type ErrorStatistics, errorStatistics } from './errors.ts';
export { type Estimate, estimateMetrics, type MetricEstimates } from './estimates.ts';
export { requestsMeeting, type Slo, type TenantSlo } from './goodput.ts';
export { HISTOGRAM_RELATIVE_ERROR, Histogram } from './histogram.ts';
export { type Interval, studentInterval } from './intervals.ts';
export { servedValues } from './latency.ts';
export { metricSplits, tenantSplits } from './metric-splits.ts';
export {
  type Difference,
  type MetricDifferences,
  pairedDifferences,
} from './paired-differences.ts';
export {
  type Decider,
  type DecisionDifference,
  type DecisionParity,
  decisionParity,
  describeDecisionParity,
} from './parity.ts';
export {
  type IntervalCoverage,
  intervalCoverage,
  rangeIntervals,
  type TenantCoverage,
  tenantCoverage,
  tenantIntervals,
} from './prediction-intervals.ts';
export type { PublishedComparison, PublishedFit, PublishedRow } from './published.ts';
export {
  type Distribution,
  distribution,
  quantile,
  STATISTICS,
  type Statistic,
} from './quantile.ts';
export type { ReplayCosts } from './replay/costs.ts';
export { replayDecisions } from './replay/replay.ts';
export { Outcome } from './request-table.ts';
export type { RequestMetrics } from './requests.ts';
export { studentQuantile } from './student.ts';
export type { LaneSummary, MetricsSummary } from './summary.ts';
export type {
  Sweep,
  SweepAxis,
  SweepError,
  SweepFailure,
  SweepPoint,
} from './sweep.ts';
export { estimateTenants, type TenantEstimates, type TenantsBySeed } from './tenant-estimates.ts';
export { TENANT_KEYS, type TenantKey, type TenantSummary, type TenantValues } from './tenants.ts';
export {
  type IterationClass,
  type IterationErrors,
  iterationClass,
  iterationErrors,
  type RequestErrors,
  requestErrors,
} from './timing-parity.ts';
