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
  DivergenceSummary,
  ErrorSplit,
  IterationErrors,
  ReplayVerdict,
  WorldName,
} from './comparison.ts';
export { requestsMeeting, type Slo } from './goodput.ts';
export { HISTOGRAM_RELATIVE_ERROR, Histogram } from './histogram.ts';
export { servedValues } from './latency.ts';
export {
  type Distribution,
  distribution,
  quantile,
  STATISTICS,
  type Statistic,
} from './quantile.ts';
export { Outcome } from './request-table.ts';
export type { RequestMetrics } from './requests.ts';
export type { LaneSummary, MetricsSummary } from './summary.ts';
