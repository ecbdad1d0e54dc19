import type { Reordering } from '../config.ts';
import type { Sequence } from '../scheduler/sequence.ts';
import type { SlotMove } from './memory.ts';
import { BLOCKED, closeHoles, FREE, PINNED } from './reordering.ts';
import { SlotMemory } from './slots.ts';

const NO_MOVES: readonly SlotMove[] = [];

/**
 * Slots in one active window [lower, upper].
 *
 * A new sequence takes the lowest hole in the window, else the slot above its upper edge, else the
 * one below its lower edge; an empty window begins at slot 0. An end at an edge moves the edge to
 * the next held slot, an end elsewhere leaves a hole, which `reorder` closes. A slot that was moved
 * away from is blocked for other lanes until the work with the move has ended.
 */
export class ContiguousMemory extends SlotMemory {
  private readonly reordering: Reordering;
  private readonly owners: (Sequence | undefined)[];
  private readonly blockingLane: Int32Array;
  private readonly blockingWork: Float64Array;
  private blocked = 0;
  lower = 0;
  upper = -1;

  constructor(slots: number, slotTokens: number, reordering: Reordering) {
    super(slots, slotTokens);
    this.reordering = reordering;
    this.owners = new Array(slots).fill(undefined);
    this.blockingLane = new Int32Array(slots).fill(-1);
    this.blockingWork = new Float64Array(slots);
  }

  get holes(): number {
    return this.upper - this.lower + 1 - this.reserved;
  }

  ownerOf(slot: number): Sequence | undefined {
    return this.owners[slot];
  }

  protected available(lane: number, wanted: number): number {
    if (this.blocked === 0) return this.blocks - this.reserved;
    let count = 0;
    for (let slot = this.lower; slot <= this.upper && count < wanted; slot++) {
      if (this.isFree(slot, lane)) count++;
    }
    for (let slot = this.upper + 1; slot < this.blocks && this.isFree(slot, lane); slot++) count++;
    for (let slot = this.lower - 1; slot >= 0 && this.isFree(slot, lane); slot--) count++;
    return count;
  }

  protected allocate(sequence: Sequence, lane: number): number {
    const slot = this.place(lane);
    this.owners[slot] = sequence;
    this.unblock(slot);
    if (this.reserved === 0) this.lower = slot;
    if (slot < this.lower) this.lower = slot;
    if (slot > this.upper) this.upper = slot;
    return slot;
  }

  protected vacate(slot: number): void {
    this.owners[slot] = undefined;
    if (this.reserved === 1) {
      this.lower = 0;
      this.upper = -1;
      return;
    }
    while (this.owners[this.lower] === undefined) this.lower++;
    while (this.owners[this.upper] === undefined) this.upper--;
  }

  reorder(
    lane: number,
    work: number,
    tokensOf: (sequence: Sequence) => number,
  ): readonly SlotMove[] {
    if (this.reordering === 'off') return NO_MOVES;
    const byBytes = this.reordering === 'least-bytes';
    const weights: number[] = [];
    for (let slot = this.lower; slot <= this.upper; slot++) {
      const owner = this.owners[slot];
      if (owner === undefined) weights.push(this.isFree(slot, lane) ? FREE : BLOCKED);
      else if (owner.state === 'ended' || owner.busyElsewhere(lane)) weights.push(PINNED);
      else weights.push(byBytes ? tokensOf(owner) : 1);
    }
    const moves: SlotMove[] = [];
    const base = this.lower;
    for (const { from, to } of closeHoles(weights)) {
      const fromBlock = base + from;
      const toBlock = base + to;
      const sequence = this.owners[fromBlock]!;
      this.owners[fromBlock] = undefined;
      this.owners[toBlock] = sequence;
      this.unblock(toBlock);
      sequence.blocks[0] = toBlock;
      if (tokensOf(sequence) > 0) this.block(fromBlock, lane, work);
      moves.push({ sequence, fromBlock, toBlock });
    }
    if (moves.length > 0) {
      while (this.owners[this.lower] === undefined) this.lower++;
      while (this.owners[this.upper] === undefined) this.upper--;
    }
    return moves;
  }

  ended(lane: number, work: number): void {
    if (this.blocked === 0) return;
    for (let slot = 0; slot < this.blocks; slot++) {
      if (this.blockingLane[slot] === lane && this.blockingWork[slot]! <= work) this.unblock(slot);
    }
  }

  /** Hole first, else above the upper edge, else below the lower. */
  private place(lane: number): number {
    if (this.reserved === 0) {
      let slot = 0;
      while (!this.isFree(slot, lane)) slot++;
      return slot;
    }
    if (this.holes > 0) {
      for (let slot = this.lower; slot <= this.upper; slot++) {
        if (this.isFree(slot, lane)) return slot;
      }
    }
    const above = this.upper + 1;
    return above < this.blocks && this.isFree(above, lane) ? above : this.lower - 1;
  }

  private isFree(slot: number, lane: number): boolean {
    if (this.owners[slot] !== undefined) return false;
    const blocking = this.blockingLane[slot]!;
    return blocking < 0 || blocking === lane;
  }

  private block(slot: number, lane: number, work: number): void {
    if (this.blockingLane[slot]! < 0) this.blocked++;
    this.blockingLane[slot] = lane;
    this.blockingWork[slot] = work;
  }

  private unblock(slot: number): void {
    if (this.blockingLane[slot]! >= 0) this.blocked--;
    this.blockingLane[slot] = -1;
  }
}
