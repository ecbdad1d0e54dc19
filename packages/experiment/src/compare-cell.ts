import { join } from 'node:path';
import {
  type CellComparison,
  type CellRun,
  compareLaunches,
  iterationErrors,
  MetricsCollector,
  type MetricsOptions,
  metricSplits,
  replayDecisions,
  requestErrors,
  tenantSplits,
} from '@flover/metrics';
import type { CostModel } from '@flover/simulator';
import { memorySink, playTrace, readTrace, runFolderPaths, tee } from '@flover/trace';
import { replayCosts } from './replay-costs.ts';

type Compared = Pick<
  CellComparison,
  'divergence' | 'iterationErrors' | 'requestErrors' | 'split' | 'tenantSplits'
>;

/**
 * Lays a simulated and a real run of one cell side by side.
 *
 * The error of each metric, and of each tenant's, is split by a third run: the real run's decisions
 * with predicted durations.
 */
export function compareCell(
  out: string,
  simulated: CellRun,
  real: CellRun,
  costModel: CostModel,
  options: MetricsOptions,
): Compared {
  const simulatedTrace = () => readTrace(runFolderPaths(join(out, simulated.folder)).tracePath);
  const realTrace = () => readTrace(runFolderPaths(join(out, real.folder)).tracePath);
  const replayed = new MetricsCollector(options);
  const replayedRecords = memorySink();
  replayDecisions(realTrace(), replayCosts(costModel), tee(replayed, replayedRecords));
  const [ours, theirs] = [simulatedTrace, realTrace].map((trace) => {
    const collector = new MetricsCollector(options);
    playTrace(trace(), collector);
    return collector;
  });
  const summary = replayed.summary();
  const byTenant = tenantSplits(simulated, summary, real.metrics);
  return {
    divergence: compareLaunches(simulatedTrace(), realTrace()),
    iterationErrors: iterationErrors(replayedRecords.records, realTrace()),
    requestErrors: requestErrors(ours.requestMetrics(), theirs.requestMetrics()),
    split: metricSplits(simulated, summary, real.metrics),
    ...(byTenant.length > 0 && { tenantSplits: byTenant }),
  };
}
