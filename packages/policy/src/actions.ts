import type { FinishReason, Nanos, RequestId, SequenceId } from './request.ts';

/** Row flags of a work; a row without `Decode` goes through the prefill path. */
export const RowFlag = { Decode: 1, Samples: 2 } as const;

/** From now on the tokens [index x blockTokens, ...) of `sequence` live in `block`. */
export interface Placement {
  readonly sequence: SequenceId;
  /** Position in the sequence's block table. */
  readonly index: number;
  /** Physical block; for slot memories a block is a whole slot. */
  readonly block: number;
}

/** Copy the first `tokens` tokens of one block into another; the sequence's table follows. */
export interface Move {
  readonly sequence: SequenceId;
  readonly index: number;
  readonly fromBlock: number;
  readonly toBlock: number;
  readonly tokens: number;
}

/** Copy the first `tokens` tokens of KV of one sequence to another of the same group. */
export interface Fork {
  readonly from: SequenceId;
  readonly to: SequenceId;
  readonly tokens: number;
}

/**
 * Carry the first `tokens` tokens of a sequence's KV to host memory or back.
 *
 * `blocks` are those on the device that hold them, in table order; in host memory they take as many.
 * Coming in, the same work also has a placement for each block.
 */
export interface Swap {
  readonly sequence: SequenceId;
  readonly direction: 'out' | 'in';
  readonly tokens: number;
  readonly blocks: readonly number[];
}

/**
 * One iteration on one lane.
 *
 * Rows are parallel arrays: row i computes the tokens [from[i], to[i]) of sequences[i]. Before the
 * rows, in this order: swaps out, moves, placements, swaps in, forks. All arrays are read-only to the
 * receiver and never change after the launch.
 */
export interface Work {
  /** Numbered from 0 in order of launch over all lanes. */
  readonly id: number;
  readonly lane: number;
  readonly sequences: readonly SequenceId[];
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** Row flags, see `RowFlag`. */
  readonly flags: readonly number[];
  /**
   * Holes in a contiguous window (slots between its edges that no sequence holds): rows that are
   * computed and thrown away. Zero for works without decode rows and for other memories.
   */
  readonly deadRows: number;
  readonly swaps: readonly Swap[];
  readonly moves: readonly Move[];
  readonly placements: readonly Placement[];
  readonly forks: readonly Fork[];
  /** Sum of to - from over the rows. */
  readonly newTokens: number;
  /** Sum of `to` over the decode rows: the KV that decode attention reads, tokens. */
  readonly decodeKvTokens: number;
}

export interface LaunchAction {
  readonly kind: 'launch';
  readonly work: Work;
}

/** A request enters; its sequences are numbered from `firstSequence` on. */
export interface AdmitAction {
  readonly kind: 'admit';
  readonly request: RequestId;
  readonly firstSequence: SequenceId;
}

/** A request is turned away for good. */
export interface RefuseAction {
  readonly kind: 'refuse';
  readonly request: RequestId;
  readonly reason: string;
}

/** A request ended; `outputTokens` counts the tokens of its longest sequence. */
export interface FinishAction {
  readonly kind: 'finish';
  readonly request: RequestId;
  readonly reason: FinishReason;
  readonly outputTokens: number;
}

/**
 * A sequence gives its memory up for now. By swap, the next launch of the same step carries its KV
 * out. By recompute its KV is lost; queued works that name it still end, and their tokens count.
 */
export interface PreemptAction {
  readonly kind: 'preempt';
  readonly sequence: SequenceId;
  readonly by: 'swap' | 'recompute';
}

/**
 * The executor shall forget a sequence: no queued work names it any more. A request's last release
 * follows its `finish`; a sequence of a group that stops earlier is released earlier.
 */
export interface ReleaseAction {
  readonly kind: 'release';
  readonly sequence: SequenceId;
}

/** Send a timer event at this time; a later wake replaces an earlier one. */
export interface WakeAction {
  readonly kind: 'wake';
  readonly timeNanos: Nanos;
}

/** All that a scheduler ever decides, in the order in which it decided it. */
export type Action =
  | LaunchAction
  | AdmitAction
  | RefuseAction
  | FinishAction
  | PreemptAction
  | ReleaseAction
  | WakeAction;
