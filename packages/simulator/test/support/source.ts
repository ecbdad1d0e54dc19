import type { RequestSource, WorkloadRequest } from '@flover/workload';

/** What a test says of a request; the rest is one token of prompt and of output, alone. */
export type SomeRequest = Partial<WorkloadRequest> & { readonly arrivalNanos: number };

/** An open loop over a list, numbered in order. */
export function listSource(list: readonly SomeRequest[]): RequestSource {
  let next = 0;
  return {
    count: list.length,
    peekNanos: () => list[next]?.arrivalNanos,
    take(): WorkloadRequest {
      const request = list[next];
      return {
        promptTokens: 1,
        maxOutputTokens: 1,
        group: 'single',
        width: 1,
        ...request,
        id: next++,
      };
    },
    finished(): void {},
  };
}
