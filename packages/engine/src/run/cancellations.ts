import type { Nanos, RequestId } from '@flover/policy';

interface Cancellation {
  readonly timeNanos: Nanos;
  readonly request: RequestId;
}

/** Clients that will give up, soonest first; ties in order of arrival. */
export class Cancellations {
  readonly #queue: Cancellation[] = [];

  add(request: RequestId, timeNanos: Nanos): void {
    let at = this.#queue.length;
    while (at > 0 && this.#queue[at - 1]!.timeNanos > timeNanos) at -= 1;
    this.#queue.splice(at, 0, { timeNanos, request });
  }

  /** The next that still matters, by the book of open requests. */
  peek(isOpen: (id: RequestId) => boolean): Cancellation | undefined {
    while (this.#queue.length > 0 && !isOpen(this.#queue[0]!.request)) this.#queue.shift();
    return this.#queue[0];
  }

  take(): Cancellation {
    return this.#queue.shift()!;
  }
}
