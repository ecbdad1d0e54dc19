import type { RequestView } from '../request.ts';
import type { Sequence } from '../scheduler/sequence.ts';

/** A sequence that changed its slot: `fromBlock` is free for the rest once the work has ended. */
export interface SlotMove {
  readonly sequence: Sequence;
  readonly fromBlock: number;
  readonly toBlock: number;
}

/**
 * KV memory: may this request enter, where does it live, what must move.
 *
 * A memory keeps `blocks` and `capacityTokens` of the sequences. What is taken while works are
 * queued that name it is free at once for later works of the same lane, which come after them, and
 * for other lanes when these works have ended; so each query names its lane.
 */
export interface KvMemory {
  readonly blockTokens: number;
  readonly blocks: number;
  /** Blocks held by sequences on the device. */
  readonly reserved: number;
  /** Blocks held in host memory. */
  readonly hostReserved: number;
  /** Can memory be taken from a sequence that queued works of the same lane name? */
  readonly takesBusy: boolean;
  /** Free slots between the edges of the active window; 0 where there is no window. */
  readonly holes: number;
  /** Why this request can never fit, or undefined if it can. */
  neverFits(request: RequestView): string | undefined;
  /** May a group of `width` sequences enter, the first of them with `tokens` tokens? */
  canHold(width: number, tokens: number, lane: number): boolean;
  /** Gives a group its memory; only after `canHold`. */
  hold(group: readonly Sequence[], tokens: number, lane: number): void;
  /** Blocks that a sequence lacks to hold this many tokens. */
  missing(sequence: Sequence, tokens: number): number;
  /** May this many more blocks be taken by sequences that are already in? */
  canExtend(blocks: number, lane: number): boolean;
  /** May a swapped-out group of this many blocks come back? */
  canReturn(blocks: number, lane: number): boolean;
  /** Makes room for this many tokens in all; false, with nothing taken, when the memory is exhausted. */
  extend(sequence: Sequence, tokens: number, lane: number): boolean;
  /** Takes everything back from a sequence that no queued work names. */
  free(sequence: Sequence): void;
  /** Takes everything from a sequence that works queued on `lane` may still name. */
  take(sequence: Sequence, lane: number): void;
  /** Books host memory for what is swapped out; false when the host is full. */
  bookHost(blocks: number): boolean;
  freeHost(blocks: number): void;
  /** Frees host memory when `work` on `lane`, which reads it, has ended. */
  releaseHost(blocks: number, lane: number, work: number): void;
  /** Moves sequences so that the window has no holes, as far as pinned ones let it. */
  reorder(
    lane: number,
    work: number,
    tokensOf: (sequence: Sequence) => number,
  ): readonly SlotMove[];
  /** `work` and all before it on `lane` have ended. */
  ended(lane: number, work: number): void;
}
