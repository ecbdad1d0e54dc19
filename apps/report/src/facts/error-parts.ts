import type { MetricKey, MetricSplit } from '@flover/metrics';
import { meanOf } from './policies.ts';

/** The error of a mean over seeds in its two parts, percent of the real mean; null where not split. */
export interface ErrorParts {
  readonly costModelPercent: number | null;
  readonly divergencePercent: number | null;
}

/** The parts of the error of one metric, from its splits in every run. */
export function errorParts(
  splits: readonly (readonly MetricSplit[])[],
  key: MetricKey,
): ErrorParts {
  const parts = splits.flatMap((split) => {
    const own = split.find((entry) => entry.key === key);
    return own?.real && own.costModel !== null && own.divergence !== null
      ? [{ real: own.real, cost: own.costModel, divergence: own.divergence }]
      : [];
  });
  const real = meanOf(parts.map((part) => part.real));
  const share = (value: number | null) => (value === null || !real ? null : (100 * value) / real);
  return {
    costModelPercent: share(meanOf(parts.map(({ cost }) => cost))),
    divergencePercent: share(meanOf(parts.map(({ divergence }) => divergence))),
  };
}

/** Both parts together. */
export function totalError({
  costModelPercent: cost,
  divergencePercent: divergence,
}: ErrorParts): number | null {
  return cost === null || divergence === null ? null : cost + divergence;
}
