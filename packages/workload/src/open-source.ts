import { FloverError, invariant, type Nanos, type RequestId } from '@flover/policy';
import type { ArrivalProcess } from './arrivals/config.ts';
import type { MalformedRow } from './readers/options.ts';
import type { RequestSource, WorkloadRequest } from './request.ts';

/** Requests whose arrivals depend on nothing that the server does; made one at a time. */
export class OpenSource implements RequestSource {
  readonly count: number;
  readonly leftOut: readonly MalformedRow[];
  readonly #arrivals: ArrivalProcess;
  readonly #make: (id: RequestId, arrivalNanos: Nanos) => WorkloadRequest;
  #taken = 0;
  #nextNanos: Nanos | undefined;

  constructor(
    arrivals: ArrivalProcess,
    count: number,
    make: (id: RequestId, arrivalNanos: Nanos) => WorkloadRequest,
    leftOut: readonly MalformedRow[] = [],
  ) {
    this.count = count;
    this.leftOut = leftOut;
    this.#arrivals = arrivals;
    this.#make = make;
    this.#nextNanos = this.#arrival();
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
    this.#nextNanos = this.#arrival();
    return request;
  }

  finished(): void {}

  #arrival(): Nanos | undefined {
    if (this.#taken >= this.count) return undefined;
    const nanos = this.#arrivals.nextNanos();
    if (Number.isSafeInteger(nanos)) return nanos;
    throw new FloverError(
      'workload-invalid',
      `request ${this.#taken} arrives ${Math.round(nanos / 86_400e9)} days after the run began; ` +
        'at most 104 can be told to the nanosecond',
      'raise the rate, or ask for fewer requests',
    );
  }
}
