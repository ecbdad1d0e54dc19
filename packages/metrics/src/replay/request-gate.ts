import type { Action, RequestId } from '@flover/policy';
import type { Script } from './script.ts';

/**
 * Keeps the order in every request's life where durations have changed the order of events: a
 * request is admitted after it arrived, and ends after it was admitted if it ever was.
 */
export class RequestGate {
  readonly #script: Script;
  readonly #arrived = new Set<RequestId>();
  readonly #admitted = new Set<RequestId>();
  readonly #early = new Map<RequestId, Action[]>();

  constructor(script: Script) {
    this.#script = script;
  }

  arrive(request: RequestId): void {
    this.#arrived.add(request);
  }

  admit(request: RequestId): void {
    this.#admitted.add(request);
  }

  isAdmitted(request: RequestId): boolean {
    return this.#admitted.has(request);
  }

  /** True where the action may happen now; else it is kept until `takeEarly`. */
  passes(action: Action): boolean {
    if (action.kind !== 'admit' && action.kind !== 'refuse' && action.kind !== 'finish')
      return true;
    const { request } = action;
    const waitsForAdmission = action.kind === 'finish' && this.#script.admitted.has(request);
    if (waitsForAdmission ? this.#admitted.has(request) : this.#arrived.has(request)) return true;
    const early = this.#early.get(request);
    if (early === undefined) this.#early.set(request, [action]);
    else early.push(action);
    return false;
  }

  /** The actions on a request that came too early; they are the caller's to try again. */
  takeEarly(request: RequestId): readonly Action[] {
    const early = this.#early.get(request) ?? [];
    this.#early.delete(request);
    return early;
  }
}
