import type { Action } from '../actions.ts';
import type { SchedulerConfig } from '../config.ts';
import { IdMap } from '../id-map.ts';
import type { KvMemory } from '../memory/memory.ts';
import type { Policy, SequenceState } from '../policy.ts';
import type { SchedulerView } from '../scheduler.ts';
import { Lane } from './lane.ts';
import type { RequestEntry } from './request-entry.ts';
import type { Sequence } from './sequence.ts';
import { WaitingQueue } from './waiting-queue.ts';

/** All that a scheduler remembers between events. */
export class State implements SchedulerView {
  readonly config: SchedulerConfig;
  readonly policy: Policy;
  readonly memory: KvMemory;
  readonly lanes: readonly Lane[];
  readonly queue = new WaitingQueue();
  /** Requests that wait or are admitted and not ended. */
  readonly entries = new IdMap<RequestEntry>();
  /** Sequences admitted and not released. */
  readonly alive = new IdMap<Sequence>();
  /** Sequences admitted and not ended, in order of admission. */
  readonly active: Sequence[] = [];
  /** Sequences ended and not released. */
  readonly departing: Sequence[] = [];
  /** What the present event has led to; made anew for each. */
  actions: Action[] = [];
  nowNanos = 0;
  nextSequence = 0;
  nextWork = 0;
  requests = 0;
  prefilling = 0;
  preempted = 0;
  tokensUsed = 0;
  /** The timer that was asked for and has not come, or -1. */
  wakeNanos = -1;
  /** The last timer that was asked for was to come practically at once. */
  wakesAtOnce = false;

  constructor(config: SchedulerConfig, policy: Policy, memory: KvMemory) {
    this.config = config;
    this.policy = policy;
    this.memory = memory;
    this.lanes = policy.lanes.map((name, index) => new Lane(index, name));
  }

  /** The one place where a sequence changes its state. */
  change(sequence: Sequence, next: SequenceState): void {
    if (sequence.state === 'prefill') this.prefilling--;
    else if (sequence.state === 'preempted') this.preempted--;
    if (next === 'prefill') this.prefilling++;
    else if (next === 'preempted') this.preempted++;
    sequence.state = next;
    sequence.refresh();
  }

  get waiting(): number {
    return this.queue.length;
  }
  get sequences(): number {
    return this.active.length;
  }
  get blockTokens(): number {
    return this.memory.blockTokens;
  }
  get blocks(): number {
    return this.memory.blocks;
  }
  get blocksReserved(): number {
    return this.memory.reserved;
  }
  get hostBlocksReserved(): number {
    return this.memory.hostReserved;
  }
}
