import type { Action } from '../actions.ts';
import type { SchedulerEvent } from '../events.ts';
import type { RequestView } from '../request.ts';
import type { LawCase } from './case.ts';
import { isOver, Ledger } from './ledger.ts';

const priorities = {
  'ends-first': ['end', 'timer', 'arrive', 'cancel'],
  'arrivals-first': ['arrive', 'cancel', 'timer', 'end'],
} as const;

/** The smallest executor there is: virtual time, no KV, durations from the case. */
export class VirtualExecutor {
  private readonly world: LawCase;
  private readonly ledger: Ledger;
  private readonly timeFactor: number;
  private readonly arrivals: RequestView[];
  private readonly cancels: { readonly timeNanos: number; readonly request: number }[];
  private readonly endNanos: number[] = [];
  private wakeNanos: number | undefined;
  private nowNanos = 0;

  constructor(world: LawCase, views: readonly RequestView[], timeFactor: number) {
    this.world = world;
    this.timeFactor = timeFactor;
    this.ledger = new Ledger(
      world,
      views.map((view) => view.id),
    );
    this.arrivals = [...views];
    this.cancels = views.flatMap((view, place) => {
      const after = world.requests[place]!.cancelAfterNanos;
      if (after === undefined) return [];
      return [{ timeNanos: view.arrivalNanos + after * timeFactor, request: view.id }];
    });
    this.cancels.sort((a, b) => a.timeNanos - b.timeNanos);
  }

  /** The next thing that happens, or undefined when nothing is left that could. */
  next(): SchedulerEvent | undefined {
    this.dropIdleCancels();
    const candidates = this.candidates();
    if (candidates.length === 0) return undefined;
    const order: readonly string[] = priorities[this.world.ties];
    const event = candidates.reduce((best, other) => {
      if (other.timeNanos !== best.timeNanos)
        return other.timeNanos < best.timeNanos ? other : best;
      return order.indexOf(other.kind) < order.indexOf(best.kind) ? other : best;
    });
    this.happen(event);
    return event;
  }

  /** Obeys the scheduler; what makes no sense is left to the laws. */
  carryOut(action: Action): void {
    this.ledger.action(action);
    if (action.kind === 'wake') this.wakeNanos = Math.max(action.timeNanos, this.nowNanos);
    if (action.kind === 'launch') {
      const { lane } = action.work;
      if (this.ledger.queue(lane).length === 1) this.start(lane);
    }
  }

  private start(lane: number): void {
    const { durationsNanos } = this.world;
    const work = this.ledger.queue(lane)[0];
    if (work === undefined) return;
    const duration = durationsNanos[work.id % durationsNanos.length]!;
    this.endNanos[lane] = this.nowNanos + duration * this.timeFactor;
  }

  private candidates(): SchedulerEvent[] {
    const candidates: SchedulerEvent[] = [];
    this.ledger.lanes.forEach((queue, lane) => {
      const work = queue[0];
      if (work === undefined) return;
      const timeNanos = this.endNanos[lane]!;
      candidates.push({ kind: 'end', timeNanos, lane, work: work.id, stopped: [] });
    });
    if (this.wakeNanos !== undefined) candidates.push({ kind: 'timer', timeNanos: this.wakeNanos });
    const request = this.arrivals[0];
    if (request !== undefined) {
      candidates.push({ kind: 'arrive', timeNanos: request.arrivalNanos, request });
    }
    const cancel = this.cancels[0];
    if (cancel !== undefined) candidates.push({ kind: 'cancel', ...cancel });
    return candidates;
  }

  private happen(event: SchedulerEvent): void {
    this.nowNanos = event.timeNanos;
    if (event.kind === 'timer') this.wakeNanos = undefined;
    if (event.kind === 'arrive') this.arrivals.shift();
    if (event.kind === 'cancel') this.cancels.shift();
    if (event.kind === 'end') {
      const work = this.ledger.queue(event.lane)[0]!;
      (event as { stopped: readonly number[] }).stopped = this.ledger.stoppedBy(work);
    }
    this.ledger.event(event);
    if (event.kind === 'end') this.start(event.lane);
  }

  /** A client whose request is over has nothing left to cancel. */
  private dropIdleCancels(): void {
    const stillMatters = this.cancels.filter(({ request }) => {
      const entry = this.ledger.requests.get(request);
      return entry === undefined || !isOver(entry);
    });
    if (stillMatters.length < this.cancels.length) {
      this.cancels.splice(0, this.cancels.length, ...stillMatters);
    }
  }
}
