import type { MetricKey } from '@flover/metrics';
import { nearest } from '@flover/policy';
import { policyLabel } from '../spec/label.ts';
import { specProblem } from '../spec/problems.ts';
import type { ExperimentSpec } from '../spec/schema.ts';
import type { YamlSource } from '../spec/source.ts';

/** Metrics that are defined by objectives alone. */
const OF_OBJECTIVES: readonly MetricKey[] = ['goodputRequestsPerSecond', 'sloShare'];

/** What is to be shown is defined at some setting. */
export function checkShown(
  source: YamlSource,
  specs: readonly ExperimentSpec[],
  show: readonly MetricKey[] = [],
): void {
  if (specs.some(hasObjectives)) return;
  const index = show.findIndex((key) => OF_OBJECTIVES.includes(key));
  if (index < 0) return;
  const message = `'${show[index]}' counts requests that meet objectives, and there are none`;
  const hint = 'Say when a request is good, such as slo: { ttftMs: 1000, tpotMs: 50 }.';
  throw specProblem(source, ['show', index], message, hint);
}

/** For all requests, or for those of a part. */
function hasObjectives({ slo, workload }: ExperimentSpec): boolean {
  if (slo !== undefined) return true;
  return workload.kind === 'mix' && workload.parts.some((part) => part.slo !== undefined);
}

/** The baseline is one of the policies at every setting. */
export function checkBaseline(
  source: YamlSource,
  specs: readonly ExperimentSpec[],
  baseline: string | undefined,
): void {
  if (baseline === undefined) return;
  for (const { policies } of specs) {
    const labels = policies.flatMap((policy) => policyLabel(policy) ?? []);
    if (labels.includes(baseline)) continue;
    const near = nearest(baseline, labels);
    const guess = near === undefined ? '' : `; did you mean '${near}'?`;
    const message = `'${baseline}' is no policy here; allowed: ${labels.join(', ')}${guess}`;
    throw specProblem(source, ['baseline'], message, 'Name one of the policies by its label.');
  }
}
