import {
  type Action,
  FloverError,
  invariant,
  type Nanos,
  type SchedulerEvent,
} from '@flover/policy';
import { requestView, type WorkloadRequest } from '@flover/workload';
import type { NativeCompletion } from '../addon-types.ts';
import { RequestBook } from './book.ts';
import { Cancellations } from './cancellations.ts';
import { collectYoung } from './collect.ts';
import { completionFor, readCompletion, type UndrawnToken } from './completion.ts';
import { Executor } from './executor.ts';
import { Measures } from './measures.ts';
import { NonFiniteRequests } from './non-finite-requests.ts';
import type { RunNative, RunOptions, RunSummary } from './run.ts';

/** How long the thread waits in the addon before it looks at the signal. */
const LOOK_UP_NANOS = 20_000_000;

/** Iterations from one collection of young garbage to the next; 30 requests leave 1.2 MB in so many. */
const TIDY_ITERATIONS = 64;

/** The loop: waits for the next event, asks the scheduler, and has its actions carried out. */
export class Driver {
  readonly #options: RunOptions;
  readonly #native: RunNative;
  readonly #book: RequestBook;
  readonly #cancellations = new Cancellations();
  readonly #nonFinite = new NonFiniteRequests();
  readonly #measures: Measures;
  readonly #executor: Executor;
  readonly #completion: NativeCompletion;
  #iterations = 0;
  #tidiedAt = 0;
  #requests = 0;
  #cancelled = false;
  lastNanos: Nanos = 0;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#native = options.engine.native;
    this.#book = new RequestBook(options.output);
    this.#measures = new Measures(options.engine.model, options.scheduler.view);
    this.#executor = new Executor(options, this.#book, this.#measures);
    this.#completion = completionFor(options.engine.limits.maxSequences);
  }

  run(): RunSummary {
    this.#native.startClock();
    for (;;) {
      this.#options.signal?.beat();
      if (!this.#cancelled && this.#options.signal?.cancelled) this.#cancelAll();
      this.#deliverDue();
      const dueNanos = this.#nextDueNanos();
      if (this.#executor.inFlight === 0 && (dueNanos === undefined || this.#nobodyIsLeft())) break;
      this.#idle();
      if (this.#wait(dueNanos)) this.#workEnded();
    }
    this.#checkNothingOpen();
    this.#nonFinite.check(this.#options.engine.model.dataType);
    return {
      outcome: this.#cancelled ? 'cancelled' : 'complete',
      iterations: this.#iterations,
      requests: this.#requests,
      endNanos: this.#now(),
    };
  }

  /** What would hold up an event is done while the device works. */
  #idle(): void {
    this.#options.sink.idle?.();
    if (this.#executor.inFlight === 0 || this.#iterations - this.#tidiedAt < TIDY_ITERATIONS)
      return;
    this.#tidiedAt = this.#iterations;
    collectYoung();
  }

  /** No request is open and none will come: a wake-up that is still due serves nobody. */
  #nobodyIsLeft(): boolean {
    return this.#cancelled || (this.#arrivalNanos() === undefined && !this.#book.hasOpen());
  }

  /** After a failure: lets queued works end and forgets all sequences, as far as the device still can. */
  abandon(): void {
    // A work that fails has ended too, and each may fail; the error that led here is the one to report.
    for (; this.#executor.inFlight > 0; this.#executor.inFlight -= 1) {
      attempt(() => this.#native.wait(-1, this.#completion));
    }
    for (const sequence of this.#book.sequences()) attempt(() => this.#native.release(sequence));
  }

  #now(): Nanos {
    this.lastNanos = Math.max(this.lastNanos, this.#native.nowNanos());
    return this.lastNanos;
  }

  #wait(dueNanos: Nanos | undefined): boolean {
    const lookUp = this.#options.signal === undefined ? Infinity : this.#now() + LOOK_UP_NANOS;
    const deadline = Math.min(dueNanos ?? Infinity, lookUp);
    const native = Number.isFinite(deadline) ? Math.max(0, deadline) : -1;
    return this.#native.wait(native, this.#completion);
  }

  #nextDueNanos(): Nanos | undefined {
    const due = [this.#arrivalNanos(), this.#cancelNanos(), this.#executor.wakeNanos];
    const known = due.filter((time) => time !== undefined);
    if (known.length === 0) return undefined;
    const soonest = Math.min(...known);
    // It would be neither due nor to come, for ever.
    invariant(!Number.isNaN(soonest), 'an arrival, a cancel or a wake-up is due at NaN ns');
    return soonest;
  }

  #arrivalNanos(): Nanos | undefined {
    return this.#cancelled ? undefined : this.#options.source.peekNanos();
  }

  #cancelNanos(): Nanos | undefined {
    return this.#cancellations.peek((id) => this.#book.isOpen(id))?.timeNanos;
  }

  /** Sends what is due by now, in order of time. */
  #deliverDue(): void {
    const now = this.#now();
    for (;;) {
      const dueNanos = this.#nextDueNanos();
      if (dueNanos === undefined || dueNanos > now) return;
      if (dueNanos === this.#arrivalNanos()) this.#arrive(this.#options.source.take());
      else if (dueNanos === this.#cancelNanos()) {
        this.#send({ ...this.#cancellations.take(), kind: 'cancel', timeNanos: this.#now() });
      } else {
        this.#executor.wakeNanos = undefined;
        this.#send({ kind: 'timer', timeNanos: this.#now() });
      }
    }
  }

  #arrive(request: WorkloadRequest): void {
    this.#requests += 1;
    this.#book.arrive(request);
    if (request.cancelAfterNanos !== undefined) {
      this.#cancellations.add(request.id, request.arrivalNanos + request.cancelAfterNanos);
    }
    const oracle = this.#options.scheduler.policy.oracle === true;
    this.#send({ kind: 'arrive', timeNanos: this.#now(), request: requestView(request, oracle) });
  }

  #cancelAll(): void {
    this.#cancelled = true;
    for (const request of this.#book.open()) {
      this.#send({ kind: 'cancel', timeNanos: this.#now(), request });
    }
  }

  #workEnded(): void {
    const ended = readCompletion(this.#completion);
    this.#executor.inFlight -= 1;
    this.#iterations += 1;
    const timeNanos = this.#now();
    this.#options.sink.measure(this.#measures.ended(ended, timeNanos - ended.seenNanos));
    // Before the end, which may be that of the request: it must not count as served.
    for (const token of ended.undrawn) this.#giveUp(token, timeNanos);
    const { lane, work, stopped, tokens } = ended;
    this.#send({ kind: 'end', timeNanos, lane, work, stopped, tokens });
  }

  /** One request's numbers are no other's business: it alone ends, and the run tells when all have. */
  #giveUp(token: UndrawnToken, timeNanos: Nanos): void {
    const request = this.#book.requestOf(token.sequence);
    if (!this.#book.isOpen(request)) return;
    this.#nonFinite.add(request, token);
    this.#send({ kind: 'cancel', timeNanos, request });
  }

  #send(event: SchedulerEvent): void {
    this.#options.sink.event(event);
    const before = this.#native.nowNanos();
    const actions = this.#decide(event);
    const after = this.#native.nowNanos();
    const launches = actions.reduce((n, action) => n + (action.kind === 'launch' ? 1 : 0), 0);
    const planNanos = Math.round((after - before) / Math.max(1, launches));
    for (const action of actions) {
      this.#options.sink.action(action, event.timeNanos);
      this.#executor.carryOut(action, event.timeNanos, planNanos);
    }
  }

  #decide(event: SchedulerEvent): readonly Action[] {
    const { scheduler, signal } = this.#options;
    signal?.markPolicy(true);
    try {
      return scheduler.step(event);
    } finally {
      signal?.markPolicy(false);
    }
  }

  #checkNothingOpen(): void {
    const open = this.#book.open();
    if (open.length === 0) return;
    const some = open.slice(0, 8).join(', ') + (open.length > 8 ? ', ...' : '');
    throw new FloverError(
      'policy-stuck',
      `policy '${this.#options.scheduler.policy.name}' has launched nothing more at ${this.#now()} ns while ` +
        `${open.length} requests (${some}) are unserved`,
      'a policy must plan work, refuse, or ask to be woken while requests wait',
    );
  }
}

function attempt(call: () => void): void {
  try {
    call();
  } catch {
    // What a failed device cannot do any more is left undone.
  }
}
