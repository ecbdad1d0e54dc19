import { IdMap, invariant, type Nanos, type RequestId } from '@flover/policy';
import { randomExponential } from 'd3-random';
import { notNegative, whole } from '../checks.ts';
import type { RandomStream } from '../random.ts';
import type { RequestSource, WorkloadRequest } from '../request.ts';
import type { ClosedLoopArrivals } from './config.ts';

/**
 * Clients that each wait for their answer, think, and ask again.
 *
 * The k-th request taken has the k-th lengths and the k-th think time, whatever finishes first, so
 * every policy meets the same requests. `make` builds request `id` for an arrival time.
 */
export class ClosedLoopSource implements RequestSource {
  readonly count: number;
  readonly #make: (id: RequestId, arrivalNanos: Nanos) => WorkloadRequest;
  readonly #thinkNanos: () => number;
  /** Times at which clients will ask, ascending; ties in order of becoming due. */
  readonly #due: number[];
  /** Think time after each request that is under way. */
  readonly #underWay = new IdMap<number>();
  #taken = 0;

  constructor(
    config: ClosedLoopArrivals,
    requests: number,
    random: RandomStream,
    make: (id: RequestId, arrivalNanos: Nanos) => WorkloadRequest,
  ) {
    this.count = requests;
    this.#make = make;
    this.#due = new Array(whole(config.concurrency, 'arrivals.concurrency', 1)).fill(0);
    const meanNanos = notNegative(config.thinkTimeMs, 'arrivals.thinkTimeMs') * 1e6;
    const unit = config.thinkTime === 'exponential' ? randomExponential.source(random)(1) : () => 1;
    this.#thinkNanos = () => unit() * meanNanos;
  }

  peekNanos(): Nanos | undefined {
    return this.#taken < this.count ? this.#due[0] : undefined;
  }

  take(): WorkloadRequest {
    const arrivalNanos = this.peekNanos();
    invariant(arrivalNanos !== undefined, 'a request was taken while no client is due to ask');
    this.#due.shift();
    const id = this.#taken++;
    this.#underWay.set(id, this.#thinkNanos());
    return this.#make(id, arrivalNanos);
  }

  finished(id: RequestId, timeNanos: Nanos): void {
    const thinkNanos = this.#underWay.get(id);
    invariant(thinkNanos !== undefined, () => `request ${id} finished but is not under way`);
    this.#underWay.delete(id);
    const dueNanos = Math.round(timeNanos + thinkNanos);
    let place = this.#due.length;
    while (place > 0 && this.#due[place - 1]! > dueNanos) place--;
    this.#due.splice(place, 0, dueNanos);
  }
}
