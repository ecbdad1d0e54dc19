import { STATISTICS, type Statistic } from './quantile.ts';

/** One metric: enough to head a column, print a value and find its formula. */
export interface MetricDefinition {
  readonly key: MetricKey;
  readonly label: string;
  readonly unit:
    | 'ms'
    | 'us'
    | 's'
    | 'bytes'
    | 'tokens'
    | 'rows'
    | 'requests'
    | 'requests/s'
    | 'tokens/s'
    | 'count'
    | 'share';
  /** Which way is good. */
  readonly better: 'lower' | 'higher' | 'neither';
  /** Heading of docs/metrics.md where the formula stands. */
  readonly formula: string;
}

type Row = readonly [
  label: string,
  unit: MetricDefinition['unit'],
  better: MetricDefinition['better'],
  formula: string,
];

/** Latencies, told by every statistic of `STATISTICS`. */
const LATENCIES = {
  ttft: ['TTFT', 'ms', 'lower', 'Time to first token'],
  itl: ['ITL', 'ms', 'lower', 'Inter-token latency'],
  tpot: ['TPOT', 'ms', 'lower', 'Time per output token'],
  e2e: ['E2E', 'ms', 'lower', 'End-to-end latency'],
  normalisedLatency: ['Normalised latency', 'ms', 'lower', 'Normalised latency'],
  admissionWait: ['Admission wait', 'ms', 'lower', 'Queueing'],
  queueing: ['Queueing', 'ms', 'lower', 'Queueing'],
  iteration: ['Iteration', 'ms', 'lower', 'Iterations and rows'],
} as const satisfies Record<string, Row>;

const SCALARS = {
  requestsArrived: ['Requests', 'requests', 'neither', 'Requests'],
  requestsServed: ['Served', 'requests', 'higher', 'Requests'],
  requestsRefused: ['Refused', 'requests', 'lower', 'Requests'],
  requestsCancelled: ['Cancelled', 'requests', 'lower', 'Requests'],
  requestsUnfinished: ['Unfinished', 'requests', 'lower', 'Requests'],
  makespanSeconds: ['Makespan', 's', 'lower', 'Throughput'],
  requestsPerSecond: ['Throughput', 'requests/s', 'higher', 'Throughput'],
  generatedTokens: ['Generated tokens', 'tokens', 'neither', 'Throughput'],
  generatedTokensPerSecond: ['Generation', 'tokens/s', 'higher', 'Throughput'],
  prefillTokens: ['Prefill tokens', 'tokens', 'neither', 'Throughput'],
  goodputRequestsPerSecond: ['Goodput', 'requests/s', 'higher', 'Goodput'],
  sloShare: ['SLO met', 'share', 'higher', 'Goodput'],
  serviceTokens: ['Service', 'tokens', 'neither', 'Service and fairness'],
  serviceGapTokens: ['Largest service gap', 'tokens', 'lower', 'Service and fairness'],
  iterations: ['Iterations', 'count', 'neither', 'Iterations and rows'],
  decodeIterations: ['Decode iterations', 'count', 'lower', 'Iterations and rows'],
  batchRowsMean: ['Mean batch', 'rows', 'higher', 'Iterations and rows'],
  deadRows: ['Dead rows', 'rows', 'lower', 'Iterations and rows'],
  holeRows: ['Hole rows', 'rows', 'lower', 'Iterations and rows'],
  lateRows: ['Late rows', 'rows', 'lower', 'Iterations and rows'],
  deadRowShare: ['Dead row share', 'share', 'lower', 'Iterations and rows'],
  activeRequestsMean: ['Mean active requests', 'requests', 'higher', 'Overlap'],
  overlap: ['Overlap', 'share', 'higher', 'Overlap'],
  requestsInSystemMean: ['Mean requests in system', 'requests', 'lower', 'Requests in system'],
  requestsWaitingMean: ['Mean requests waiting', 'requests', 'lower', 'Requests in system'],
  busiestLaneShare: ['Busiest lane', 'share', 'neither', 'Lanes'],
  planMicrosMean: ['Planning', 'us', 'lower', 'Lanes'],
  launchMicrosMean: ['Launch', 'us', 'lower', 'Lanes'],
  hostMicrosP50: ['Policy and binding p50', 'us', 'lower', 'Lanes'],
  hostMicrosP99: ['Policy and binding p99', 'us', 'lower', 'Lanes'],
  kvReservedBytesMean: ['KV reserved, mean', 'bytes', 'lower', 'KV memory'],
  kvReservedBytesPeak: ['KV reserved, peak', 'bytes', 'lower', 'KV memory'],
  kvUsedBytesMean: ['KV used, mean', 'bytes', 'neither', 'KV memory'],
  kvUsedBytesPeak: ['KV used, peak', 'bytes', 'neither', 'KV memory'],
  kvUsedShare: ['KV used of reserved', 'share', 'higher', 'KV memory'],
  moves: ['Slot moves', 'count', 'lower', 'KV memory'],
  movedBytes: ['Moved bytes', 'bytes', 'lower', 'KV memory'],
  moveMsTotal: ['Time moving', 'ms', 'lower', 'KV memory'],
  preemptions: ['Preemptions', 'count', 'lower', 'KV memory'],
  preemptionsBySwap: ['Preemptions by swap', 'count', 'lower', 'KV memory'],
  preemptionsByRecompute: ['Preemptions by recompute', 'count', 'lower', 'KV memory'],
} as const satisfies Record<string, Row>;

export type Latency = keyof typeof LATENCIES;
export type LatencyKey = `${Latency}Ms${Statistic}`;
export type ScalarKey = keyof typeof SCALARS;
export type MetricKey = LatencyKey | ScalarKey;

/** The value of every metric; null where it is not defined (no request, no SLO, no time). */
export type MetricValues = Readonly<Record<MetricKey, number | null>>;

const STATISTIC_LABELS: Readonly<Record<Statistic, string>> = {
  Mean: 'mean',
  P50: 'p50',
  P90: 'p90',
  P95: 'p95',
  P99: 'p99',
  Max: 'max',
};

function define(key: MetricKey, [label, unit, better, formula]: Row): MetricDefinition {
  return { key, label, unit, better, formula };
}

/** `Object.entries` with the keys' own type. */
function entries<Key extends string>(rows: Readonly<Record<Key, Row>>): [Key, Row][] {
  return Object.entries(rows) as [Key, Row][];
}

/** Every metric, in the order in which tables show them. */
export const CATALOG: readonly MetricDefinition[] = [
  ...entries<Latency>(LATENCIES).flatMap(([name, row]) =>
    STATISTICS.map((s) =>
      define(`${name}Ms${s}`, [`${row[0]} ${STATISTIC_LABELS[s]}`, row[1], row[2], row[3]]),
    ),
  ),
  ...entries<ScalarKey>(SCALARS).map(([key, row]) => define(key, row)),
];

const BY_KEY = new Map<string, MetricDefinition>(CATALOG.map((metric) => [metric.key, metric]));

/** The definition of a metric, or undefined for a key that is none. */
export function metricDefinition(key: string): MetricDefinition | undefined {
  return BY_KEY.get(key);
}
