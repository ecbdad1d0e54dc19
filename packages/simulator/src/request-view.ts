import type { RequestView } from '@flover/policy';
import type { WorkloadRequest } from '@flover/workload';

/** What the scheduler may know of a request: its true output length only for an oracle. */
export function requestView(request: WorkloadRequest, oracle: boolean): RequestView {
  const { id, arrivalNanos, promptTokens, maxOutputTokens, group, width } = request;
  const view = { id, arrivalNanos, promptTokens, maxOutputTokens, group, width };
  if (!oracle) return view;
  return { ...view, oracleOutputTokens: request.outputTokens ?? maxOutputTokens };
}
