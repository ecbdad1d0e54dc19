import type { MetricKey } from '@flover/metrics';

/** How near a prediction is meant to come to a real run that is not saturated. */
export interface Aim {
  readonly key: MetricKey;
  /** Largest error, percent of the real value. */
  readonly percent: number;
}

/** Named before any run; changed by none. */
export const AIMS: readonly Aim[] = [
  { key: 'ttftMsP50', percent: 4 },
  { key: 'tpotMsMean', percent: 1 },
  { key: 'e2eMsMean', percent: 2 },
  { key: 'ttftMsP99', percent: 5 },
  { key: 'tpotMsP99', percent: 5 },
  { key: 'e2eMsP99', percent: 5 },
  { key: 'makespanSeconds', percent: 2 },
];
