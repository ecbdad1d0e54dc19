import type { Work } from '../actions.ts';
import { invariant } from '../invariant.ts';
import type { LaneView } from '../policy.ts';
import type { Sequence } from './sequence.ts';

/** A work that was launched and has not ended, with the sequences of its rows. */
export interface QueuedWork {
  readonly work: Work;
  readonly rows: readonly Sequence[];
  /** The sequences whose last token this work samples. */
  readonly ending: readonly Sequence[];
}

/** A serial execution context: works end in the order in which they were launched. */
export class Lane implements LaneView {
  readonly index: number;
  readonly name: string;
  readonly works: QueuedWork[] = [];
  /** The last work of this lane that ended, or -1. */
  endedWork = -1;
  /** The last work launched, if all its rows decode and sample. */
  lastPlain: QueuedWork | undefined = undefined;

  constructor(index: number, name: string) {
    this.index = index;
    this.name = name;
  }

  get queued(): number {
    return this.works.length;
  }

  /** Takes the oldest work off, which must be this one. */
  end(work: number): QueuedWork {
    const oldest = this.works.shift();
    invariant(
      oldest !== undefined && oldest.work.id === work,
      () =>
        `work ${work} ended on lane ${this.index}, whose oldest is ${oldest?.work.id ?? 'none'}`,
    );
    this.endedWork = work;
    return oldest;
  }
}

/**
 * The lane for which memory of a newcomer is asked: -1, memory that is free for all, where several
 * lanes could compute its first row.
 */
export function laneOfNewcomer(lanes: readonly Lane[], lane: number): number {
  return lanes.length === 1 ? lane : -1;
}
