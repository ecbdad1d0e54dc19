import {
  type Action,
  FloverError,
  IdMap,
  invariant,
  type RequestId,
  type SchedulerEvent,
  type Work,
} from '@flover/policy';
import { requestView, type WorkloadRequest } from '@flover/workload';
import { EventQueue } from './event-queue.ts';
import { Lanes, type LaneWork } from './lanes.ts';
import { OutputLengths } from './output-lengths.ts';
import type { SimulateOptions } from './simulator.ts';

/** What happens at one and the same time happens in this order. */
const Priority = { Arrival: 0, Cancel: 1, Lane: 2, Timer: 3 } as const;

/** Payloads of pending events: cancels carry their request's number instead, from 0 on. */
const ARRIVAL = -1;
const TIMER = -2;
const FIRST_LANE = -1_000_000;

/** So many timers in a row with nothing else pending is a policy that waits for ever. */
const MAX_IDLE_TIMERS = 10_000;

/** A request between its arrival and its end. */
interface LiveRequest {
  readonly request: WorkloadRequest;
  /** First sequence, or -1 before admission. */
  firstSequence: number;
  /** Pending cancel, or -1. */
  cancelHandle: number;
}

/** One run in virtual time: `advance` lets the next event happen. */
export class Simulation {
  nowNanos = 0;
  requests = 0;
  iterations = 0;
  /** The sink has been closed. */
  closed = false;
  readonly #options: SimulateOptions;
  readonly #queue = new EventQueue();
  readonly #outputs = new OutputLengths();
  readonly #lanes: Lanes;
  readonly #oracle: boolean;
  readonly #live = new IdMap<LiveRequest>();
  #arrivalHandle = -1;
  #timerHandle = -1;
  #idleTimers = 0;
  /** The host plans and launches one work at a time; it is busy until then. */
  #hostFreeNanos = 0;

  constructor(options: SimulateOptions) {
    this.#options = options;
    this.#lanes = new Lanes(this.#queue, options.costModel, Priority.Lane, FIRST_LANE);
    this.#oracle = options.scheduler.policy.oracle === true;
    this.#awaitArrival();
  }

  /** Lets the next event happen; false when there is none and all is done. */
  advance(): boolean {
    const queue = this.#queue;
    if (queue.size === 0) {
      this.#mustBeDone();
      return false;
    }
    const handle = queue.pop();
    const timeNanos = queue.timeNanos(handle);
    const payload = queue.payload(handle);
    // Nobody is left whom a wake-up could serve: the run ends with what ended last.
    if (payload === TIMER && queue.size === 0 && this.#live.size === 0) return false;
    this.nowNanos = timeNanos;
    if (payload >= 0) this.#cancel(payload);
    else if (payload === ARRIVAL) this.#arrive();
    else if (payload === TIMER) this.#timer();
    else this.#lane(payload - FIRST_LANE);
    return true;
  }

  #arrive(): void {
    this.#arrivalHandle = -1;
    const request = this.#options.source.take();
    const timeNanos = request.arrivalNanos;
    invariant(
      timeNanos === this.nowNanos,
      () => `request ${request.id} arrives at ${timeNanos} ns, not now`,
    );
    const live: LiveRequest = { request, firstSequence: -1, cancelHandle: -1 };
    if (request.cancelAfterNanos !== undefined) {
      const cancelNanos = timeNanos + request.cancelAfterNanos;
      live.cancelHandle = this.#queue.push(cancelNanos, Priority.Cancel, request.id);
    }
    invariant(!this.#live.has(request.id), () => `request ${request.id} arrives twice`);
    this.#live.set(request.id, live);
    this.requests++;
    this.#awaitArrival();
    this.#tell({ kind: 'arrive', timeNanos, request: requestView(request, this.#oracle) });
  }

  #cancel(request: RequestId): void {
    this.#liveRequest(request).cancelHandle = -1;
    this.#tell({ kind: 'cancel', timeNanos: this.nowNanos, request });
  }

  #timer(): void {
    this.#timerHandle = -1;
    this.#idleTimers = this.#queue.size === 0 ? this.#idleTimers + 1 : 0;
    if (this.#idleTimers > MAX_IDLE_TIMERS) this.#stuck('only ever asks for timers');
    this.#tell({ kind: 'timer', timeNanos: this.nowNanos });
  }

  #lane(lane: number): void {
    const ended = this.#lanes.advance(lane, this.nowNanos);
    if (ended === undefined) return;
    this.#measure(ended);
    const stopped = this.#outputs.ended(ended.work);
    const work = ended.work.id;
    this.#tell({ kind: 'end', timeNanos: this.nowNanos, lane, work, stopped });
  }

  #measure(entry: LaneWork): void {
    const { costModel, sink } = this.#options;
    const { work, cost } = entry;
    sink.measure({
      kind: 'measure',
      work: work.id,
      lane: work.lane,
      startNanos: entry.startNanos,
      endNanos: this.nowNanos - (costModel.noticeNanos ?? 0),
      planNanos: cost.planNanos,
      launchNanos: cost.launchNanos,
      movedBytes: movedTokens(work) * costModel.kvBytesPerToken,
      moveNanos: cost.moveNanos,
      kvReservedBytes: entry.kvReservedTokens * costModel.kvBytesPerToken,
      kvUsedBytes: entry.kvUsedTokens * costModel.kvBytesPerToken,
    });
  }

  #tell(event: SchedulerEvent): void {
    const { scheduler, sink } = this.#options;
    sink.event(event);
    const actions = scheduler.step(event);
    for (let i = 0; i < actions.length; i++) {
      const action = actions[i];
      sink.action(action, this.nowNanos);
      this.#carryOut(action);
    }
    sink.idle?.();
  }

  #carryOut(action: Action): void {
    switch (action.kind) {
      case 'launch':
        this.#launch(action.work);
        break;
      case 'admit': {
        const live = this.#liveRequest(action.request);
        live.firstSequence = action.firstSequence;
        this.#outputs.admitted(live.request, action.firstSequence);
        break;
      }
      case 'finish':
      case 'refuse':
        this.#ended(action.request);
        break;
      case 'wake':
        this.#wake(action.timeNanos);
        break;
      // Memory is counted by the scheduler's view, and moving it is part of a work's cost.
      case 'preempt':
      case 'release':
        break;
    }
  }

  #launch(work: Work): void {
    const { costModel, scheduler } = this.#options;
    const { blocksReserved, blockTokens, tokensUsed } = scheduler.view;
    const cost = costModel.costOf(work);
    const { soloNanos } = cost;
    const latencyNanos = cost.latencyNanos ?? cost.launchNanos;
    const hostNanos = cost.planNanos + cost.launchNanos + latencyNanos;
    invariant(
      Number.isSafeInteger(soloNanos) && soloNanos > 0 && Number.isSafeInteger(hostNanos),
      () =>
        `cost model ${costModel.name} predicts ${soloNanos} ns and ${hostNanos} ns for work ${work.id}`,
    );
    const plannedNanos = Math.max(this.#hostFreeNanos, this.nowNanos) + cost.planNanos;
    this.#hostFreeNanos = plannedNanos + cost.launchNanos;
    this.iterations++;
    this.#lanes.launch({
      work,
      readyNanos: plannedNanos + latencyNanos,
      cost,
      kvReservedTokens: blocksReserved * blockTokens,
      kvUsedTokens: tokensUsed,
      startNanos: -1,
    });
  }

  #ended(request: RequestId): void {
    const live = this.#liveRequest(request);
    if (live.firstSequence >= 0) this.#outputs.finished(live.request, live.firstSequence);
    if (live.cancelHandle >= 0) this.#queue.remove(live.cancelHandle);
    this.#live.delete(request);
    this.#options.source.finished(request, this.nowNanos);
    this.#awaitArrival();
  }

  #wake(timeNanos: number): void {
    const dueNanos = Math.max(timeNanos, this.nowNanos);
    if (this.#timerHandle >= 0) this.#queue.reschedule(this.#timerHandle, dueNanos);
    else this.#timerHandle = this.#queue.push(dueNanos, Priority.Timer, TIMER);
  }

  /** Keeps the source's next arrival among the pending events. */
  #awaitArrival(): void {
    const dueNanos = this.#options.source.peekNanos();
    if (this.#arrivalHandle < 0) {
      if (dueNanos === undefined) return;
      invariant(dueNanos >= this.nowNanos, () => `an arrival at ${dueNanos} ns is in the past`);
      this.#arrivalHandle = this.#queue.push(dueNanos, Priority.Arrival, ARRIVAL);
    } else if (dueNanos !== undefined && dueNanos !== this.#queue.timeNanos(this.#arrivalHandle)) {
      this.#queue.reschedule(this.#arrivalHandle, dueNanos);
    }
  }

  #liveRequest(id: RequestId): LiveRequest {
    const live = this.#live.get(id);
    invariant(live !== undefined, () => `request ${id} has not arrived or has ended`);
    return live;
  }

  #mustBeDone(): void {
    if (this.#live.size > 0) this.#stuck('has launched nothing more');
  }

  #stuck(what: string): never {
    const ids = [...this.#live.keys()].sort((a, b) => a - b);
    const { name } = this.#options.scheduler.policy;
    const some = ids.slice(0, 8).join(', ') + (ids.length > 8 ? ', ...' : '');
    throw new FloverError(
      'policy-stuck',
      `policy '${name}' ${what} at ${this.nowNanos} ns; not served: ${ids.length} requests (${some})`,
      'let the policy admit or refuse every request, or give it more memory',
    );
  }
}

/** Tokens whose KV the work's moves, forks and swaps copy. */
function movedTokens({ moves, forks, swaps }: Work): number {
  let tokens = 0;
  for (let i = 0; i < moves.length; i++) tokens += moves[i].tokens;
  for (let i = 0; i < forks.length; i++) tokens += forks[i].tokens;
  for (let i = 0; i < swaps.length; i++) tokens += swaps[i].tokens;
  return tokens;
}
