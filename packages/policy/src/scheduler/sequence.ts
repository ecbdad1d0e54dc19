import { RowFlag } from '../actions.ts';
import type { SequenceState, SequenceView } from '../policy.ts';
import type { RequestView, SequenceId } from '../request.ts';
import type { Lane } from './lane.ts';
import type { RequestEntry } from './request-entry.ts';

/**
 * One sequence from admission to release.
 *
 * With p prompt tokens and o sampled ones, decode at the frontier has computed p + o - 1 tokens; the
 * row [k, k + 1) samples if k + 1 = p + o, else it recomputes what a preemption lost. So the tokens
 * computed tell those planned, and a row writes nothing else.
 */
export class Sequence implements SequenceView {
  // What every row of a work reads and writes stands first, together in one line of the cache.
  /** Tokens whose KV is computed, or will be by the work queued; kept while swapped out. */
  computedTokens = 0;
  /** How far plain decode rows may go without a closer look; 0 while every row needs one. */
  plainTokens = 0;
  /** The lane of the last work that names this sequence. */
  lane: Lane;
  /** The last work with a row of this sequence. */
  rowWork = -1;

  readonly id: SequenceId;
  readonly request: RequestView;
  readonly entry: RequestEntry;
  /** Tokens whose KV is ever computed: the last sampled one's is not. */
  readonly limitTokens: number;
  readonly promptTokens: number;
  readonly maxOutputTokens: number;
  readonly beams: boolean;

  state: SequenceState;
  /** Has KV of its own, or will have it by prefill; the later sequences of a group get theirs by a fork. */
  forked: boolean;
  /** Output tokens planned when KV was last lost (1 before a fork): rows sample only beyond. */
  sampledBefore = 0;
  /** Output tokens of an ended sequence. */
  private finalOutputTokens = -1;

  /** The last work that names it otherwise: as the source of a fork, in a swap. */
  namedWork = -1;
  /** Where the row in the work being planned begins. */
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

  get plannedOutputTokens(): number {
    return Math.max(this.sampledBefore, this.computedTokens - this.promptTokens + 1, 0);
  }

  /** Counted from the works queued: nothing is written for each token. */
  get outputTokens(): number {
    if (this.finalOutputTokens >= 0) return this.finalOutputTokens;
    let tokens = this.plannedOutputTokens;
    for (const { work, rows } of this.lane.works) {
      for (let i = 0; i < rows.length; i++) {
        const flags = work.flags[i]!;
        const names =
          (flags & RowFlag.Decode) === 0 ? rows[i]!.entry === this.entry : rows[i] === this;
        if (names && (flags & RowFlag.Samples) !== 0) tokens--;
      }
    }
    return tokens;
  }

  get busyLane(): number {
    return this.isBusy() ? this.lane.index : -1;
  }

  /** Does queued work name this sequence? */
  isBusy(): boolean {
    const { endedWork } = this.lane;
    return endedWork < this.rowWork || endedWork < this.namedWork;
  }

  /** Does queued work of another lane name this sequence? */
  busyElsewhere(lane: number): boolean {
    return this.lane.index !== lane && this.isBusy();
  }

  /** Does the work with this number name this sequence? */
  isNamedBy(work: number): boolean {
    return this.rowWork === work || this.namedWork === work;
  }

  /**
   * Works out anew how far plain decode rows may go: rows that sample and are not the last, of a
   * sequence by itself, in blocks that the executor knows.
   */
  refresh(): void {
    const plain =
      this.state === 'decode' &&
      this.forked &&
      !this.beams &&
      this.placed === this.blocks.length &&
      this.computedTokens + 1 >= this.promptTokens + this.sampledBefore;
    this.plainTokens = plain ? Math.min(this.limitTokens - 1, this.capacityTokens) : 0;
  }

  /** From now on it has this many output tokens. */
  end(outputTokens: number): void {
    this.finalOutputTokens = outputTokens;
  }
}
