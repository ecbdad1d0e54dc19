import type { RequestView, SequenceView } from '@flover/policy';

/** Whoever says no tenant is one tenant. */
type Tenant = string | undefined;

/** A sequence that is being served, and its output tokens that were counted. */
interface Running {
  readonly sequence: SequenceView;
  readonly tenant: Tenant;
  counted: number;
}

/**
 * What each tenant has been given, in weighted tokens, as the virtual token counter keeps it (Sheng
 * et al., OSDI 2024): a prompt counts when its request is admitted, an output token once sampled.
 *
 * A tenant that comes back to the queue is lifted to the least counter of those that wait there, so
 * that what it left unused before gives it no credit.
 */
export class VirtualCounters {
  readonly #promptWeight: number;
  readonly #outputWeight: number;
  readonly #counters = new Map<Tenant, number>();
  /** Requests that were waiting when they were last looked at. */
  #known = new Set<RequestView>();
  #running: Running[] = [];
  #lastAdmitted: Tenant;

  constructor(promptWeight: number, outputWeight: number) {
    this.#promptWeight = promptWeight;
    this.#outputWeight = outputWeight;
  }

  of({ tenant }: RequestView): number {
    return this.#counters.get(tenant) ?? 0;
  }

  /**
   * Lifts the tenants that have come to the queue since the last call, then counts what was sampled:
   * they came before the iteration ended that sampled it.
   */
  update(waiting: Iterable<RequestView>): void {
    this.#lift([...waiting]);
    for (const running of this.#running) {
      const { outputTokens } = running.sequence;
      this.#add(running.tenant, this.#outputWeight * (outputTokens - running.counted));
      running.counted = outputTokens;
    }
    this.#running = this.#running.filter(({ sequence }) => sequence.state !== 'ended');
  }

  /** The oldest request of the tenant with the least counter; of equals the oldest of all. */
  next(waiting: Iterable<RequestView>): RequestView | undefined {
    let next: RequestView | undefined;
    for (const request of waiting) {
      if (next === undefined || this.of(request) < this.of(next)) next = request;
    }
    return next;
  }

  admitted(request: RequestView, sequences: readonly SequenceView[]): void {
    const { tenant } = request;
    this.#add(tenant, this.#promptWeight * request.promptTokens);
    for (const sequence of sequences) this.#running.push({ sequence, tenant, counted: 0 });
    this.#known.delete(request);
    this.#lastAdmitted = tenant;
  }

  #lift(waiting: readonly RequestView[]): void {
    const present = new Set(
      waiting.filter((request) => this.#known.has(request)).map(({ tenant }) => tenant),
    );
    for (const { tenant } of waiting) {
      if (present.has(tenant)) continue;
      // An empty queue was left last by the tenant that was admitted last.
      const others = present.size > 0 ? [...present] : [this.#lastAdmitted];
      const least = Math.min(...others.map((other) => this.#counters.get(other) ?? 0));
      this.#counters.set(tenant, Math.max(this.#counters.get(tenant) ?? 0, least));
      present.add(tenant);
    }
    this.#known = new Set(waiting);
  }

  #add(tenant: Tenant, tokens: number): void {
    this.#counters.set(tenant, (this.#counters.get(tenant) ?? 0) + tokens);
  }
}
