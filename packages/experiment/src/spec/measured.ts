import type { MetricsOptions, Slo, TenantSlo } from '@flover/metrics';
import type { z } from 'zod';
import type { Experiment } from './load.ts';
import type { sloSchema } from './slo-schema.ts';

/** What metrics leave out and judge by, in every world of an experiment. */
export function metricsOptionsOf(experiment: Experiment): MetricsOptions {
  const slo = sloOf(experiment);
  const tenantSlos = tenantSlosOf(experiment);
  const warmupNanos = Math.round(experiment.spec.warmupMs * 1e6);
  return {
    ...(warmupNanos > 0 && { warmupNanos }),
    ...(slo && { slo }),
    ...(tenantSlos.length > 0 && { tenantSlos }),
  };
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

/** The objectives of an experiment's parts that have some of their own. */
function tenantSlosOf({ spec: { workload } }: Experiment): TenantSlo[] {
  if (workload.kind !== 'mix') return [];
  return workload.parts.flatMap(({ tenant, slo }) => {
    const given = givenIn(slo);
    return given === undefined ? [] : [{ tenant, slo: given }];
  });
}

/** The objectives of an experiment, without keys that it leaves out. */
function sloOf({ spec }: Experiment): Slo | undefined {
  return givenIn(spec.slo);
}

function givenIn(slo: z.output<typeof sloSchema> | undefined): Slo | undefined {
  if (slo === undefined) return undefined;
  const given = Object.entries(slo).filter(([, bound]) => bound !== undefined);
  return Object.fromEntries(given) as Slo;
}
