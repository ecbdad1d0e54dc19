import { type Fork, type Move, type Placement, RowFlag, type Swap, type Work } from '../actions.ts';
import type { Lane } from './lane.ts';
import { Rows } from './rows.ts';
import type { Sequence } from './sequence.ts';
import type { State } from './state.ts';

const NONE: readonly never[] = Object.freeze([]);

/** The work that is being planned: its rows, and what must happen before them. */
export class WorkBuilder {
  readonly rows = new Rows();
  id = 0;
  private readonly state: State;
  private lane!: Lane;
  private ending: Sequence[] = [];
  private readonly unplaced: Sequence[] = [];
  private readonly swapsOut: Swap[] = [];
  private readonly swapsIn: Swap[] = [];
  private readonly forks: Fork[] = [];

  constructor(state: State) {
    this.state = state;
  }

  begin(lane: Lane): void {
    this.lane = lane;
    this.id = this.state.nextWork;
    this.rows.begin(lane, this.id);
  }

  /** Marks a sequence as named by this work. */
  name(sequence: Sequence): void {
    sequence.lane = this.lane;
    sequence.namedWork = this.id;
  }

  /** Adds the row [computedTokens, to); the caller has seen to its memory. */
  addRow(sequence: Sequence, to: number, flags: number): void {
    if (sequence.placed < sequence.blocks.length) this.unplaced.push(sequence);
    if ((flags & RowFlag.Samples) !== 0 && to === sequence.limitTokens) {
      // A prompt's last row samples for its whole group.
      if ((flags & RowFlag.Decode) !== 0) this.ending.push(sequence);
      else this.ending.push(...sequence.entry.sequences);
    }
    this.rows.add(sequence, to, flags);
  }

  addFork(from: Sequence, to: Sequence, tokens: number): void {
    this.name(from);
    this.forks.push({ from: from.id, to: to.id, tokens });
  }

  addSwap(sequence: Sequence, direction: 'out' | 'in', blockCount: number): void {
    this.name(sequence);
    const blocks = sequence.blocks.slice(0, blockCount);
    const swap = { sequence: sequence.id, direction, tokens: sequence.computedTokens, blocks };
    (direction === 'out' ? this.swapsOut : this.swapsIn).push(swap);
    if (direction === 'in') this.unplaced.push(sequence);
  }

  /** Queues what was added as one work and records its launch; false when nothing was added. */
  launch(): boolean {
    const { state, lane, rows } = this;
    if (rows.count === 0 && this.swapsOut.length + this.swapsIn.length === 0) return false;
    const decodes = rows.decodeRows > 0;
    const moves = decodes && state.memory.holes > 0 ? this.reorder() : NONE;
    const arrays = rows.take();
    const work: Work = {
      id: this.id,
      lane: lane.index,
      sequences: arrays.sequences,
      from: arrays.from,
      to: arrays.to,
      flags: arrays.flags,
      deadRows: decodes ? state.memory.holes : 0,
      swaps: this.takeSwaps(),
      moves,
      placements: this.unplaced.length > 0 ? this.takePlacements() : NONE,
      forks: this.forks.length > 0 ? this.forks.splice(0) : NONE,
      newTokens: rows.newTokens,
      decodeKvTokens: rows.decodeKvTokens,
    };
    state.nextWork++;
    state.tokensUsed += rows.newTokens;
    const queued = { work, rows: arrays.rows, ending: this.takeEnding() };
    lane.works.push(queued);
    lane.lastPlain = rows.allPlain ? queued : undefined;
    state.actions.push({ kind: 'launch', work });
    return true;
  }

  /** Moves come before the rows, so they carry the tokens that were there before. */
  private reorder(): readonly Move[] {
    this.rows.tellFrom();
    const tokensOf = (sequence: Sequence): number => {
      if (sequence.placed === 0) return 0;
      return sequence.rowWork === this.id ? sequence.rowFrom : sequence.computedTokens;
    };
    const moves: Move[] = [];
    const moved = this.state.memory.reorder(this.lane.index, this.id, tokensOf);
    for (const { sequence, fromBlock, toBlock } of moved) {
      const tokens = tokensOf(sequence);
      if (tokens === 0) continue;
      this.name(sequence);
      moves.push({ sequence: sequence.id, index: 0, fromBlock, toBlock, tokens });
    }
    return moves;
  }

  private takeEnding(): readonly Sequence[] {
    const { ending } = this;
    if (ending.length === 0) return NONE;
    this.ending = [];
    return ending;
  }

  private takeSwaps(): readonly Swap[] {
    if (this.swapsOut.length + this.swapsIn.length === 0) return NONE;
    return [...this.swapsOut.splice(0), ...this.swapsIn.splice(0)];
  }

  private takePlacements(): readonly Placement[] {
    const placements: Placement[] = [];
    const { unplaced } = this;
    for (let i = 0; i < unplaced.length; i++) {
      const sequence = unplaced[i]!;
      const { blocks, id } = sequence;
      for (let index = sequence.placed; index < blocks.length; index++) {
        placements.push({ sequence: id, index, block: blocks[index]! });
      }
      sequence.placed = blocks.length;
      sequence.refresh();
    }
    // Popping keeps the array's room; setting its length to 0 would give it away.
    while (unplaced.length > 0) unplaced.pop();
    return placements;
  }
}
