import type { Action } from '../actions.ts';
import { type SchedulerConfig, validateConfig } from '../config.ts';
import { FloverError } from '../error.ts';
import type { CancelEvent, SchedulerEvent } from '../events.ts';
import { InvariantError, invariant } from '../invariant.ts';
import { checkEvent } from '../invariants.ts';
import { createMemory } from '../memory/index.ts';
import { createPolicy } from '../policies/create.ts';
import type { Policy, PolicyDefinition } from '../policy.ts';
import type { RequestView } from '../request.ts';
import type { Scheduler, SchedulerView } from '../scheduler.ts';
import { neverServed, refuse } from './admission.ts';
import { cancelAdmitted, endWork } from './ending.ts';
import { livelock } from './illegal.ts';
import type { Lane } from './lane.ts';
import { Planner } from './planner.ts';
import { RequestEntry } from './request-entry.ts';
import { State } from './state.ts';

const MAX_ROUNDS = 1000;
const MAX_IDLE_TIMERS = 1000;

/** Takes events in and lets the policy plan each lane that has room, until nothing changes. */
export class SchedulerCore implements Scheduler {
  readonly config: SchedulerConfig;
  readonly policy: Policy;
  readonly state: State;
  private readonly planner: Planner;
  private readonly capacity: number;
  private idleTimers = 0;
  private failure: unknown;

  constructor(config: SchedulerConfig, definition: PolicyDefinition) {
    validateConfig(config);
    this.config = config;
    this.policy = createPolicy(definition, config.policy.parameters);
    this.state = new State(config, this.policy, createMemory(config));
    this.planner = new Planner(this.state);
    this.capacity = 1 + config.planAhead;
  }

  get view(): SchedulerView {
    return this.state;
  }

  step(event: SchedulerEvent): readonly Action[] {
    invariant(this.failure === undefined, () => `the scheduler failed before: ${this.failure}`);
    try {
      this.take(event);
      this.plan();
      checkEvent(this.state, this.capacity);
    } catch (error) {
      this.failure = error;
      throw error;
    }
    return this.state.actions;
  }

  private take(event: SchedulerEvent): void {
    const { state } = this;
    const { timeNanos } = event;
    invariant(
      timeNanos >= state.nowNanos,
      () => `event '${event.kind}' at ${timeNanos} ns comes after one at ${state.nowNanos} ns`,
    );
    this.watchTimers(event);
    state.nowNanos = timeNanos;
    state.actions = [];
    switch (event.kind) {
      case 'end':
        endWork(state, event);
        break;
      case 'arrive':
        this.arrive(event.request);
        break;
      case 'cancel':
        this.cancel(event);
        break;
      case 'timer':
        if (timeNanos >= state.wakeNanos) state.wakeNanos = -1;
        break;
      default:
        invariant(false, () => `unknown event kind '${(event as SchedulerEvent).kind}'`);
    }
  }

  private arrive(request: RequestView): void {
    const { state } = this;
    invariant(!state.entries.has(request.id), () => `request ${request.id} arrived twice`);
    const entry = new RequestEntry(this.policy.oracle === true ? request : withoutOracle(request));
    state.entries.set(request.id, entry);
    const reason = neverServed(state, request);
    if (reason === undefined) state.queue.push(entry);
    else refuse(state, entry, reason);
  }

  /** A cancel that comes after the end is nothing. */
  private cancel({ request }: CancelEvent): void {
    const { state } = this;
    const entry = state.entries.get(request);
    if (entry === undefined) return;
    if (entry.phase === 'admitted') {
      cancelAdmitted(state, entry);
      return;
    }
    state.queue.remove(entry);
    entry.phase = 'ended';
    state.entries.delete(request);
    state.actions.push({ kind: 'finish', request, reason: 'cancelled', outputTokens: 0 });
  }

  private plan(): void {
    const { lanes, queue } = this.state;
    queue.compact();
    for (let round = 0, changed = true; changed; round++) {
      if (round > MAX_ROUNDS) {
        throw livelock(this.state, `changed its mind more than ${MAX_ROUNDS} times in one event`);
      }
      changed = false;
      for (let i = 0; i < lanes.length; i++) {
        const lane = lanes[i]!;
        if (lane.works.length < this.capacity && this.planLane(lane)) changed = true;
      }
    }
  }

  private planLane(lane: Lane): boolean {
    this.planner.begin(lane);
    try {
      const returned: unknown = this.policy.plan(lane, this.planner);
      if (isPromise(returned)) throw decidedTooLate(returned);
    } catch (error) {
      if (error instanceof FloverError || error instanceof InvariantError) throw error;
      throw new FloverError(
        'policy-threw',
        `policy '${this.policy.name}', planning lane ${lane.index} '${lane.name}' at ${this.state.nowNanos} ns, threw: ${error}`,
        "correct the policy's plan; 'flover laws' finds the smallest workload that shows it",
        error,
      );
    }
    return this.planner.finish();
  }

  /** Wake-ups for at once, again and again while nothing else happens, lead nowhere. */
  private watchTimers({ kind }: SchedulerEvent): void {
    const { state } = this;
    if (
      kind !== 'timer' ||
      !state.wakesAtOnce ||
      state.actions.some(({ kind }) => kind !== 'wake')
    ) {
      this.idleTimers = 0;
    } else if (++this.idleTimers > MAX_IDLE_TIMERS) {
      throw livelock(state, `was woken at once ${MAX_IDLE_TIMERS} times and decided nothing`);
    }
  }
}

function isPromise(returned: unknown): returned is PromiseLike<unknown> {
  return typeof (returned as PromiseLike<unknown> | null | undefined)?.then === 'function';
}

/** What comes after the first `await` of a plan would be lost. */
function decidedTooLate(promise: PromiseLike<unknown>): TypeError {
  // If it fails as well, nobody else would hear of it.
  promise.then(undefined, () => {});
  return new TypeError(
    'plan() returned a promise; it must decide before it returns, without async',
  );
}

function withoutOracle(request: RequestView): RequestView {
  if (request.oracleOutputTokens === undefined) return request;
  const { oracleOutputTokens: _, ...visible } = request;
  return visible;
}
