import type { MetricsOptions, Slo } from '@flover/metrics';
import type { Experiment } from './load.ts';

/** What metrics leave out and judge by, in every world of an experiment. */
export function metricsOptionsOf(experiment: Experiment): MetricsOptions {
  const slo = sloOf(experiment);
  const warmupNanos = Math.round(experiment.spec.warmupMs * 1e6);
  return { ...(warmupNanos > 0 && { warmupNanos }), ...(slo && { slo }) };
}

/** What results say of it, as the file does. */
export function measuredBy(experiment: Experiment): {
  readonly warmupMs?: number;
  readonly slo?: Slo;
} {
  const { warmupMs } = experiment.spec;
  const slo = sloOf(experiment);
  return { ...(warmupMs > 0 && { warmupMs }), ...(slo && { slo }) };
}

/** The objectives of an experiment, without keys that it leaves out. */
function sloOf({ spec }: Experiment): Slo | undefined {
  if (spec.slo === undefined) return undefined;
  const given = Object.entries(spec.slo).filter(([, bound]) => bound !== undefined);
  return Object.fromEntries(given) as Slo;
}
