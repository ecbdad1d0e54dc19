import type { SequenceState, SequenceView } from '../policy.ts';
import type { RequestView, SequenceId } from '../request.ts';
import type { Lane } from './lane.ts';
import type { RequestEntry } from './request-entry.ts';

/**
 * One sequence from admission to release.
 *
 * With p prompt tokens and o sampled ones, decode at the frontier has computed p + o - 1 tokens; the
 * row [k, k + 1) samples if k + 1 = p + o, else it recomputes what a preemption lost.
 */
export class Sequence implements SequenceView {
  readonly id: SequenceId;
  readonly request: RequestView;
  readonly entry: RequestEntry;
  /** Tokens whose KV is ever computed: the last sampled one's is not. */
  readonly limitTokens: number;
  readonly promptTokens: number;
  readonly maxOutputTokens: number;
  readonly beams: boolean;

  state: SequenceState;
  /** Has KV of its own; the later sequences of a group get theirs by a fork. */
  forked: boolean;
  /** Tokens whose KV is computed, or will be by the work queued; kept while swapped out. */
  computedTokens = 0;
  plannedOutputTokens = 0;
  outputTokens = 0;
  /** Told to have stopped by the end event that is being taken in. */
  stopped = false;

  /** The last work that names this sequence, and its lane. */
  lane: Lane;
  lastWork = -1;
  /** The last work with a row of this sequence, and where that row begins if it is being planned. */
  rowWork = -1;
  rowFrom = 0;

  /** Block table; of these the executor was told the first `placed`. */
  blocks: number[] = [];
  placed = 0;
  capacityTokens = 0;
  /** Blocks booked in host memory while swapped out. */
  hostBlocks = 0;

  constructor(id: SequenceId, entry: RequestEntry, lane: Lane) {
    const { view } = entry;
    this.id = id;
    this.entry = entry;
    this.request = view;
    this.lane = lane;
    this.promptTokens = view.promptTokens;
    this.maxOutputTokens = view.maxOutputTokens;
    this.limitTokens = view.promptTokens + view.maxOutputTokens - 1;
    this.beams = view.group === 'beams';
    this.forked = entry.sequences.length === 0;
    this.state = this.forked ? 'prefill' : 'awaiting-fork';
  }

  get plannedPromptTokens(): number {
    return Math.min(this.computedTokens, this.promptTokens);
  }

  get busyLane(): number {
    return this.lane.endedWork < this.lastWork ? this.lane.index : -1;
  }

  /** Does queued work of another lane name this sequence? */
  busyElsewhere(lane: number): boolean {
    return this.lane.index !== lane && this.lane.endedWork < this.lastWork;
  }
}
