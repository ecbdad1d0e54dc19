import type { RequestSource, WorkloadRequest } from './request.ts';

/** The same source; each request taken comes as `change` makes it, with its own number. */
export function mapRequests(
  source: RequestSource,
  change: (request: WorkloadRequest) => WorkloadRequest,
): RequestSource {
  return {
    count: source.count,
    ...(source.leftOut && { leftOut: source.leftOut }),
    peekNanos: () => source.peekNanos(),
    take: () => change(source.take()),
    finished: (id, timeNanos) => source.finished(id, timeNanos),
  };
}
