import type { MetricKey, Sweep } from '@flover/metrics';

/** The metrics that figures of a sweep show, the most important one first. */
export function shownMetrics({ show, slo }: Sweep): readonly MetricKey[] {
  if (show !== undefined) return show;
  return [slo ? 'goodputRequestsPerSecond' : 'generatedTokensPerSecond', 'e2eMsP50', 'ttftMsP99'];
}

/** What a comparison shows before all other metrics where requests have objectives. */
export const OF_OBJECTIVES: readonly MetricKey[] = [
  'sloShare',
  'goodputRequestsPerSecond',
  'e2eMsMean',
];
