import { invariant, type Nanos, type RequestId } from '@flover/policy';
import type { ArrivalProcess } from './arrivals/config.ts';
import type { RequestSource, WorkloadRequest } from './request.ts';

/** Requests whose arrivals depend on nothing that the server does; made one at a time. */
export class OpenSource implements RequestSource {
  readonly count: number;
  readonly #arrivals: ArrivalProcess;
  readonly #make: (id: RequestId, arrivalNanos: Nanos) => WorkloadRequest;
  #taken = 0;
  #nextNanos: Nanos | undefined;

  constructor(
    arrivals: ArrivalProcess,
    count: number,
    make: (id: RequestId, arrivalNanos: Nanos) => WorkloadRequest,
  ) {
    this.count = count;
    this.#arrivals = arrivals;
    this.#make = make;
    this.#nextNanos = count > 0 ? arrivals.nextNanos() : undefined;
  }

  peekNanos(): Nanos | undefined {
    return this.#nextNanos;
  }

  take(): WorkloadRequest {
    const arrivalNanos = this.#nextNanos;
    invariant(
      arrivalNanos !== undefined,
      () => `request ${this.#taken} was taken of ${this.count}`,
    );
    const request = this.#make(this.#taken++, arrivalNanos);
    this.#nextNanos = this.#taken < this.count ? this.#arrivals.nextNanos() : undefined;
    return request;
  }

  finished(): void {}
}
