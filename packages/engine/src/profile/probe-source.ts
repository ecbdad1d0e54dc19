import { invariant, type Nanos, type RequestId } from '@flover/policy';
import type { RequestSource, WorkloadRequest } from '@flover/workload';

/** A request that is sent once the one before it has ended. */
export interface Probe {
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** From the end of the probe before (of the first: from the start), nanoseconds. */
  readonly pauseNanos: Nanos;
}

/**
 * A background that is there from the start, and probes one after the other beside it: each meets
 * whatever runs then, at a moment of its own, however long it takes.
 */
export class ProbeSource implements RequestSource {
  readonly count: number;
  readonly #background: readonly WorkloadRequest[];
  readonly #probes: readonly Probe[];
  #next = 0;
  #dueNanos: Nanos | undefined;

  constructor(background: readonly WorkloadRequest[], probes: readonly Probe[]) {
    this.#background = background;
    this.#probes = probes;
    this.count = background.length + probes.length;
    this.#dueNanos = probes[0]?.pauseNanos;
  }

  peekNanos(): Nanos | undefined {
    if (this.#next < this.#background.length) return 0;
    return this.#next < this.count ? this.#dueNanos : undefined;
  }

  take(): WorkloadRequest {
    const id = this.#next;
    const background = this.#background[id];
    const arrivalNanos = this.#dueNanos;
    this.#next += 1;
    if (background !== undefined) return background;
    const probe = this.#probes[id - this.#background.length];
    invariant(probe !== undefined && arrivalNanos !== undefined, 'no probe is due');
    this.#dueNanos = undefined;
    const { promptTokens, outputTokens } = probe;
    return {
      id,
      arrivalNanos,
      promptTokens,
      maxOutputTokens: outputTokens,
      outputTokens,
      group: 'single',
      width: 1,
    };
  }

  finished(id: RequestId, timeNanos: Nanos): void {
    if (id < this.#background.length) return;
    const next = this.#probes[id + 1 - this.#background.length];
    if (next !== undefined) this.#dueNanos = timeNanos + next.pauseNanos;
  }
}
