import type { Slo } from '@flover/metrics';
import type { Experiment } from './load.ts';

/** The objectives of an experiment, without keys that it leaves out. */
export function sloOf({ spec }: Experiment): Slo | undefined {
  if (spec.slo === undefined) return undefined;
  const given = Object.entries(spec.slo).filter(([, bound]) => bound !== undefined);
  return Object.fromEntries(given) as Slo;
}
