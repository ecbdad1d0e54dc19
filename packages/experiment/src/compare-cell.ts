import { join } from 'node:path';
import {
  type CellComparison,
  type CellRun,
  compareLaunches,
  iterationErrors,
  MetricsCollector,
  type MetricsOptions,
  replayDecisions,
  requestErrors,
  splitErrors,
} from '@flover/metrics';
import type { CostModel } from '@flover/simulator';
import { memorySink, playTrace, readTrace, runFolderPaths, tee } from '@flover/trace';
import { replayCosts } from './replay-costs.ts';

type Compared = Pick<CellComparison, 'divergence' | 'iterationErrors' | 'requestErrors' | 'split'>;

/**
 * Lays a simulated and a real run of one cell side by side.
 *
 * The error of each metric is split by a third run: the real run's decisions with predicted
 * durations.
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
  const split = splitErrors(
    simulated.metrics.values,
    replayed.summary().values,
    real.metrics.values,
  );
  return {
    divergence: compareLaunches(simulatedTrace(), realTrace()),
    iterationErrors: iterationErrors(replayedRecords.records, realTrace()),
    requestErrors: requestErrors(ours.requestMetrics(), theirs.requestMetrics()),
    split: split.map(({ metric: { key }, ...values }) => {
      const interval = simulated.intervals?.[key];
      return { key, ...values, ...(interval === undefined ? {} : { interval }) };
    }),
  };
}
