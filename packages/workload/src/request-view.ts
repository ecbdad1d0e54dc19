import type { RequestView } from '@flover/policy';
import type { WorkloadRequest } from './request.ts';

/** What a scheduler may know of a request: its true output length only for an oracle. */
export function requestView(request: WorkloadRequest, oracle: boolean): RequestView {
  const { id, arrivalNanos, promptTokens, maxOutputTokens, group, width } = request;
  const { tenant, priority } = request;
  const view = { id, arrivalNanos, promptTokens, maxOutputTokens, group, width };
  // Most requests say neither: they cost no second object.
  const sent =
    tenant === undefined && priority === undefined
      ? view
      : {
          ...view,
          ...(tenant !== undefined && { tenant }),
          ...(priority !== undefined && { priority }),
        };
  if (!oracle) return sent;
  return { ...sent, oracleOutputTokens: request.outputTokens ?? maxOutputTokens };
}
