import { CATALOG, type LatencyKey, type MetricDefinition, type ScalarKey } from '@flover/metrics';

type Latency<Key> = Key extends `${infer Name}MsP50` ? Name : never;
type LatencyName = Latency<LatencyKey>;

/** Symbols of the formulas, as docs/metrics.md has them. */
export const SYMBOLS: readonly (readonly [symbol: string, meaning: string])[] = [
  ['R, N', 'the requests that arrived in the window, and their number'],
  ['S', 'those of R that were served: they ended by length or by a stop'],
  ['a, d', 'arrival and admission of a request; by admission it has sequences and memory'],
  ['b', 'begin of the first iteration that computes a token of it'],
  ['f', 'end of the iteration that made its first token'],
  ['c', 'its end: the scheduler finished or refused it'],
  ['n', 'its output tokens'],
  ['t(j)', 'end of the iteration that made token j of a sequence'],
  ['K, K_d', 'iterations of all lanes, and those with a decode row of a live sequence'],
  ['s(k), e(k)', 'begin and end of iteration k on its lane, as measured or predicted'],
  ['v(k)', 'bytes of KV memory when iteration k was launched'],
  ['T', 'makespan: begin of the window to the last end of an iteration or request'],
];

/** Formula of every latency; the compiler asks for one where the catalogue gains a metric. */
const LATENCY_FORMULAS: Readonly<Record<LatencyName, string>> = {
  ttft: 'f − a, over the requests of S with n ≥ 1',
  itl: 't(j) − t(j − 1), j ≥ 2, over every gap of every sequence',
  tpot: '(E2E − TTFT) / (n − 1), over the requests of S with n ≥ 2',
  e2e: 'c − a, over the requests of S',
  normalisedLatency: 'E2E / n, over the requests of S with n ≥ 1',
  admissionWait: 'd − a, over the requests of S',
  queueing: 'b − a, over the requests of S; it includes the wait for admission',
  iteration: 'e(k) − s(k), over all measured iterations',
};

const SCALAR_FORMULAS: Readonly<Record<ScalarKey, string>> = {
  requestsArrived: 'N',
  requestsServed: '|S|',
  requestsRefused: 'requests that the policy turned away',
  requestsCancelled: 'requests that the client gave up, or that the stop of the run ended',
  requestsUnfinished: 'requests with no end when the run ended',
  makespanSeconds: 'T',
  requestsPerSecond: '|S| / T',
  generatedTokens: 'tokens sampled by all sequences, first tokens included',
  generatedTokensPerSecond: 'generated tokens / T',
  prefillTokens: 'prompt tokens computed, again after a preemption that recomputes',
  goodputRequestsPerSecond: 'requests of S that meet every objective / T',
  sloShare: 'requests of S that meet every objective / N',
  serviceTokens:
    'prompt tokens computed, each once, + 2 × tokens sampled; where requests say tenants',
  serviceGapTokens:
    'largest difference of service between two tenants while both have requests waiting',
  iterations: '|K|',
  decodeIterations: '|K_d|',
  batchRowsMean: 'rows / |K|, hole rows included',
  deadRows: 'hole rows + late rows: computed and thrown away',
  holeRows: 'rows computed for a slot in which nobody lives',
  lateRows: 'rows of a sequence that had ended when the iteration did',
  deadRowShare: 'dead rows / rows',
  activeRequestsMean: 'Σ A(k) / |K_d|, A(k) the requests that decode at the end of iteration k',
  overlap: 'mean active requests / N',
  requestsInSystemMean: '∫ L(t) dt / T, L(t) the requests that have arrived and not ended',
  requestsWaitingMean: '∫ L_w(t) dt / T, L_w(t) those of L(t) that were never admitted',
  busiestLaneShare: 'largest Σ (e(k) − s(k)) / T of a lane',
  planMicrosMean: 'mean host time in which the scheduler planned an iteration',
  launchMicrosMean: 'mean host time of the call that launched it',
  hostMicrosP50: 'median of the host time in which an iteration was planned, launched and taken',
  hostMicrosP99: '99th percentile of the same',
  kvReservedBytesMean: 'Σ v(k) (e(k) − s(k)) / Σ (e(k) − s(k)), v(k) reserved by sequences',
  kvReservedBytesPeak: 'max v(k), reserved by sequences',
  kvUsedBytesMean: 'Σ v(k) (e(k) − s(k)) / Σ (e(k) − s(k)), v(k) filled by tokens',
  kvUsedBytesPeak: 'max v(k), filled by tokens',
  kvUsedShare: 'mean KV used / mean KV reserved',
  moves: 'slots or blocks moved',
  movedBytes: 'bytes copied by moves, swaps and forks',
  moveMsTotal: 'time of those copies, all iterations together',
  preemptions: 'sequences that gave their memory up for a time',
  preemptionsBySwap: 'of these, carried to host memory',
  preemptionsByRecompute: 'of these, computed again',
};

/** Metrics that share a formula: a latency with its statistics, or a single number. */
export interface MetricFamily {
  readonly name: string;
  readonly formula: string;
  readonly metrics: readonly MetricDefinition[];
}

/** Every metric of the catalogue, in its order. */
export function metricFamilies(): MetricFamily[] {
  const families = new Map<string, MetricDefinition[]>();
  for (const metric of CATALOG) {
    const latency = /^(\w+?)Ms(?:Mean|P\d+|Max)$/.exec(metric.key)?.[1];
    const name = latency !== undefined && latency in LATENCY_FORMULAS ? latency : metric.key;
    const known = families.get(name);
    if (known === undefined) families.set(name, [metric]);
    else known.push(metric);
  }
  const formulas: Readonly<Record<string, string>> = { ...LATENCY_FORMULAS, ...SCALAR_FORMULAS };
  return [...families].map(([key, metrics]) => ({
    name: metrics.length > 1 ? metrics[0]!.label.replace(/ mean$/, '') : metrics[0]!.label,
    formula: formulas[key]!,
    metrics,
  }));
}
