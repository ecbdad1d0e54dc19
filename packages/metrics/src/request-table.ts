import type { FinishReason, Nanos, RequestId, RequestView } from '@flover/policy';
import { invariant } from '@flover/policy';
import { grownFloats, grownInts, roomFor } from './growing.ts';

/** How a request stands: served is `Length` or `Stop`. */
export const Outcome = {
  Absent: 0,
  Open: 1,
  Length: 2,
  Stop: 3,
  Cancelled: 4,
  Refused: 5,
} as const;

const OUTCOME_OF: Readonly<Record<FinishReason, number>> = {
  length: Outcome.Length,
  stop: Outcome.Stop,
  cancelled: Outcome.Cancelled,
};

/** Was the request served to its end? */
export function isServed(outcome: number): boolean {
  return outcome === Outcome.Length || outcome === Outcome.Stop;
}

/** The moments of every request's life, indexed by request number; NaN where not reached. */
export class RequestTable {
  /** One more than the largest request number seen. */
  count = 0;
  /** Requests that arrived and have not ended. */
  open = 0;
  /** Requests that arrived and were neither admitted nor ended. */
  waiting = 0;
  /** Names in the order of their first requests; undefined for those that say none. */
  readonly tenants: (string | undefined)[] = [];
  /** By index of a tenant: its requests that wait. */
  readonly waitingOf: number[] = [];
  /** When it was sent; a busy host may have heard of it later. */
  arrivalNanos = new Float64Array(0);
  admittedNanos = new Float64Array(0);
  /** Begin of the first iteration that computes something of the request. */
  startedNanos = new Float64Array(0);
  firstTokenNanos = new Float64Array(0);
  endNanos = new Float64Array(0);
  outputTokens = new Int32Array(0);
  outcome = new Int32Array(0);
  width = new Int32Array(0);
  firstSequence = new Int32Array(0);
  /** Index into `tenants`. */
  tenant = new Int32Array(0);

  readonly #tenantIndex = new Map<string | undefined, number>();

  arrive(request: RequestView): void {
    const { id } = request;
    const room = roomFor(id, this.arrivalNanos.length);
    if (room > this.arrivalNanos.length) this.#grow(room);
    invariant(this.outcome[id] === Outcome.Absent, () => `request ${id} arrives twice`);
    if (id >= this.count) this.count = id + 1;
    this.open++;
    this.waiting++;
    this.arrivalNanos[id] = request.arrivalNanos;
    this.outcome[id] = Outcome.Open;
    this.width[id] = request.width;
    const tenant = this.#tenantOf(request);
    this.tenant[id] = tenant;
    this.waitingOf[tenant]!++;
  }

  admit(id: RequestId, firstSequence: number, timeNanos: Nanos): void {
    this.#mustBeOpen(id, 'admitted');
    if (this.firstSequence[id]! >= 0) return;
    this.#leaveQueue(id);
    this.admittedNanos[id] = timeNanos;
    this.firstSequence[id] = firstSequence;
  }

  /** Ends a request; `outcome` is one of `Outcome`. */
  end(id: RequestId, outcome: number, outputTokens: number, timeNanos: Nanos): void {
    this.#mustBeOpen(id, 'ended');
    this.open--;
    if (this.firstSequence[id]! < 0) this.#leaveQueue(id);
    this.outcome[id] = outcome;
    this.outputTokens[id] = outputTokens;
    this.endNanos[id] = timeNanos;
  }

  finish(id: RequestId, reason: FinishReason, outputTokens: number, timeNanos: Nanos): void {
    this.end(id, OUTCOME_OF[reason], outputTokens, timeNanos);
  }

  #leaveQueue(id: RequestId): void {
    this.waiting--;
    this.waitingOf[this.tenant[id]!]!--;
  }

  #tenantOf({ tenant }: RequestView): number {
    const known = this.#tenantIndex.get(tenant);
    if (known !== undefined) return known;
    this.waitingOf.push(0);
    const index = this.tenants.push(tenant) - 1;
    this.#tenantIndex.set(tenant, index);
    return index;
  }

  #mustBeOpen(id: RequestId, verb: string): void {
    invariant(
      this.outcome[id] === Outcome.Open,
      () => `request ${id} is ${verb} but has not arrived or has ended before`,
    );
  }

  #grow(length: number): void {
    this.arrivalNanos = grownFloats(this.arrivalNanos, length, Number.NaN);
    this.admittedNanos = grownFloats(this.admittedNanos, length, Number.NaN);
    this.startedNanos = grownFloats(this.startedNanos, length, Number.NaN);
    this.firstTokenNanos = grownFloats(this.firstTokenNanos, length, Number.NaN);
    this.endNanos = grownFloats(this.endNanos, length, Number.NaN);
    this.outputTokens = grownInts(this.outputTokens, length, 0);
    this.outcome = grownInts(this.outcome, length, Outcome.Absent);
    this.width = grownInts(this.width, length, 1);
    this.tenant = grownInts(this.tenant, length, 0);
    this.firstSequence = grownInts(this.firstSequence, length, -1);
  }
}
