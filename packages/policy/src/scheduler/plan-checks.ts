import type { SequenceView } from '../policy.ts';
import type { RequestId } from '../request.ts';
import { CallCounter, illegal } from './illegal.ts';
import type { Lane } from './lane.ts';
import type { RequestEntry } from './request-entry.ts';
import type { Sequence } from './sequence.ts';
import type { State } from './state.ts';

/** Turns what a policy names into what it may name, or throws the error that says why not. */
export class PlanChecks {
  private readonly state: State;
  private readonly calls: CallCounter;
  private lane!: Lane;
  private work = 0;

  constructor(state: State) {
    this.state = state;
    this.calls = new CallCounter(state);
  }

  begin(lane: Lane, work: number): void {
    this.lane = lane;
    this.work = work;
    this.calls.reset();
  }

  count(): void {
    this.calls.count();
  }

  /** A request that waits. */
  waiting(id: RequestId, done: string): RequestEntry {
    this.count();
    const entry = this.state.entries.get(id);
    if (entry?.phase === 'waiting') return entry;
    const what = entry === undefined ? 'is unknown or has ended' : 'is admitted already';
    throw this.illegal(`${done} request ${id}, which ${what}`);
  }

  /** A sequence that has not ended. */
  known({ id }: SequenceView, done: string): Sequence {
    this.count();
    const sequence = this.state.alive.get(id);
    if (sequence === undefined) {
      throw this.illegal(`${done} sequence ${id}, which is unknown or was released`);
    }
    if (sequence.state === 'ended') throw this.illegal(`${done} sequence ${id}, which has ended`);
    return sequence;
  }

  /** A sequence that this lane may hold and that has no row in this work. */
  extendable(view: SequenceView, done: string): Sequence {
    const sequence = this.known(view, done);
    const { id } = sequence;
    if (sequence.state === 'preempted') {
      throw this.illegal(`${done} sequence ${id}, which is preempted; resume it first`);
    }
    if (sequence.rowWork === this.work) {
      throw this.illegal(`${done} sequence ${id}, which has a row in this work already`);
    }
    if (sequence.busyElsewhere(this.lane.index)) {
      throw this.illegal(`${done} sequence ${id}, which is busy on lane ${sequence.busyLane}`);
    }
    return sequence;
  }

  illegal(what: string): Error {
    return illegal(this.state, this.lane, what);
  }
}
