import type { MetricKey } from '@flover/metrics';

/** What tables show of each policy, in order: metric, heading, digits after the point. */
export const SHOWN: readonly (readonly [MetricKey, string, number])[] = [
  ['ttftMsP50', 'TTFT p50 ms', 1],
  ['ttftMsP99', 'TTFT p99 ms', 1],
  ['tpotMsP50', 'TPOT p50 ms', 2],
  ['tpotMsP99', 'TPOT p99 ms', 2],
  ['e2eMsP50', 'E2E p50 ms', 0],
  ['e2eMsP99', 'E2E p99 ms', 0],
  ['generatedTokensPerSecond', 'tokens/s', 0],
  ['iterations', 'iterations', 0],
  ['activeRequestsMean', 'mean overlap', 2],
  ['hostMicrosP99', 'host p99 us', 0],
];
