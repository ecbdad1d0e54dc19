import type { LatencyKey, MetricKey, MetricValues, ScalarKey } from './catalog.ts';
import type { MetricsCollector } from './collector.ts';
import { requestLatencies } from './latency.ts';
import { type Distribution, histogramDistribution, STATISTICS } from './quantile.ts';
import { type TenantSummary, tenantSummaries } from './tenants.ts';
import { goodput, makespanNanos, ratio, requestCounts, throughput } from './throughput.ts';

/** One lane over the window. */
export interface LaneSummary {
  readonly lane: number;
  readonly iterations: number;
  /** Share of the makespan in which the lane was executing; null for an empty run. */
  readonly busyShare: number | null;
}

/** All metrics of a run: plain JSON, what `metrics.json` of a run folder holds. */
export interface MetricsSummary {
  readonly format: 'flover-metrics';
  readonly version: 1;
  readonly values: MetricValues;
  readonly lanes: readonly LaneSummary[];
  /** By name, where requests say their tenants. */
  readonly tenants?: readonly TenantSummary[];
}

function entriesOf(name: string, values: Distribution): [string, number | null][] {
  return STATISTICS.map((statistic) => [`${name}Ms${statistic}`, values[statistic]]);
}

function occupancyValues(collector: MetricsCollector) {
  const { occupancy: sums, presence } = collector;
  const makespan = makespanNanos(collector);
  const dead = sums.holeRows + sums.lateRows;
  const host = histogramDistribution(sums.hostTimes, 1e3);
  return {
    iterations: sums.iterations,
    decodeIterations: sums.decodeIterations,
    batchRowsMean: ratio(sums.rows, sums.iterations),
    deadRows: dead,
    holeRows: sums.holeRows,
    lateRows: sums.lateRows,
    deadRowShare: ratio(dead, sums.rows),
    activeRequestsMean: ratio(sums.activeRequests, sums.decodeIterations),
    requestsInSystemMean: ratio(presence.inSystemNanos, makespan),
    requestsWaitingMean: ratio(presence.waitingNanos, makespan),
    planMicrosMean: ratio(sums.planNanos / 1e3, sums.measured),
    launchMicrosMean: ratio(sums.launchNanos / 1e3, sums.measured),
    hostMicrosP50: host.P50,
    hostMicrosP99: host.P99,
    kvReservedBytesMean: ratio(sums.kvReservedByteNanos, sums.busyNanos),
    kvReservedBytesPeak: sums.measured > 0 ? sums.kvReservedBytesPeak : null,
    kvUsedBytesMean: ratio(sums.kvUsedByteNanos, sums.busyNanos),
    kvUsedBytesPeak: sums.measured > 0 ? sums.kvUsedBytesPeak : null,
    kvUsedShare: ratio(sums.kvUsedByteNanos, sums.kvReservedByteNanos),
    moves: sums.moves,
    movedBytes: sums.movedBytes,
    moveMsTotal: sums.moveNanos / 1e6,
    preemptions: sums.swapPreemptions + sums.recomputePreemptions,
    preemptionsBySwap: sums.swapPreemptions,
    preemptionsByRecompute: sums.recomputePreemptions,
  };
}

/** Null where no request says its tenant; the gap also where there is one tenant only. */
function serviceValues({ service }: MetricsCollector) {
  const tenants = service?.tenants ?? [];
  const sum = tenants.reduce((tokens, tenant) => tokens + tenant.serviceTokens, 0);
  return {
    serviceTokens: service === undefined ? null : sum,
    serviceGapTokens: service !== undefined && tenants.length > 1 ? service.gapTokens : null,
  };
}

/** The metrics of what `collector` has seen so far. */
export function summarise(collector: MetricsCollector): MetricsSummary {
  const requests = collector.requestMetrics();
  const counts = requestCounts(requests);
  const occupancy = occupancyValues(collector);
  const makespan = makespanNanos(collector);
  const lanes = collector.lanes.map(({ index, iterations, busyNanos }) => ({
    lane: index,
    iterations,
    busyShare: ratio(busyNanos, makespan),
  }));
  const scalars: Record<ScalarKey, number | null> = {
    ...counts,
    ...throughput(collector, counts.requestsServed),
    ...goodput(collector, requests),
    ...serviceValues(collector),
    ...occupancy,
    overlap: ratio(occupancy.activeRequestsMean ?? Number.NaN, counts.requestsArrived),
    busiestLaneShare: ratio(Math.max(...lanes.map((l) => l.busyShare ?? Number.NaN)), 1),
  };
  const latencies = {
    ...requestLatencies(requests),
    itl: histogramDistribution(collector.tokens.gaps, 1e6),
    iteration: histogramDistribution(collector.occupancy.durations, 1e6),
  };
  const entries = Object.entries(latencies).flatMap(([name, values]) => entriesOf(name, values));
  const values = { ...Object.fromEntries(entries), ...scalars } as Record<
    LatencyKey | MetricKey,
    number | null
  >;
  const tenants = tenantSummaries(collector, requests);
  const named = tenants.length > 0 ? { tenants } : {};
  return { format: 'flover-metrics', version: 1, values, lanes, ...named };
}
