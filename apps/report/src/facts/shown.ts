import type { Comparison, MetricKey, Sweep } from '@flover/metrics';

/** The metrics that figures of a sweep show, the most important one first. */
export function shownMetrics({ show, points }: Sweep): readonly MetricKey[] {
  if (show !== undefined) return show;
  const judged = points.some(({ metrics }) => metrics.goodputRequestsPerSecond);
  return [
    judged ? 'goodputRequestsPerSecond' : 'generatedTokensPerSecond',
    'e2eMsP50',
    'ttftMsP99',
  ];
}

/** What a comparison shows before all other metrics, where requests have objectives. */
export function metricsOfObjectives({ cells }: Comparison): readonly MetricKey[] {
  const runs = cells.flatMap(({ simulated, real }) => [simulated, real]);
  const judged = runs.some((run) => typeof run?.metrics.values.sloShare === 'number');
  return judged ? ['sloShare', 'goodputRequestsPerSecond', 'e2eMsMean'] : [];
}
