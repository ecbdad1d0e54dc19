import { invariant, type Nanos } from '@flover/policy';
import type { RequestSource, WorkloadRequest } from '@flover/workload';

/** A source of requests that are already there, in order of arrival. */
export class ListSource implements RequestSource {
  readonly count: number;
  readonly #requests: readonly WorkloadRequest[];
  #next = 0;

  constructor(requests: readonly WorkloadRequest[]) {
    const inOrder = requests.every(
      (request, i) => i === 0 || requests[i - 1]!.arrivalNanos <= request.arrivalNanos,
    );
    invariant(inOrder, 'requests must be in order of arrival');
    this.#requests = requests;
    this.count = requests.length;
  }

  peekNanos(): Nanos | undefined {
    return this.#requests[this.#next]?.arrivalNanos;
  }

  take(): WorkloadRequest {
    const request = this.#requests[this.#next];
    invariant(request !== undefined, 'the list is at its end');
    this.#next += 1;
    return request;
  }

  finished(): void {
    // An open loop: no arrival depends on an end.
  }
}
