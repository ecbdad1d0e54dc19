import { type Fork, type Move, type Placement, RowFlag, type Swap, type Work } from '../actions.ts';
import type { Lane } from './lane.ts';
import type { Sequence } from './sequence.ts';
import type { State } from './state.ts';

const NONE: readonly never[] = Object.freeze([]);

/** The work that is being planned: rows in reused arrays, copied once at the launch. */
export class WorkBuilder {
  private readonly state: State;
  private lane!: Lane;
  id = 0;
  rows = 0;
  newTokens = 0;
  private decodeRows = 0;
  private decodeKvTokens = 0;
  private readonly sequences: Sequence[] = [];
  private readonly ids: number[] = [];
  private readonly from: number[] = [];
  private readonly to: number[] = [];
  private readonly flags: number[] = [];
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
    this.rows = 0;
    this.newTokens = 0;
    this.decodeRows = 0;
    this.decodeKvTokens = 0;
  }

  /** Marks a sequence as named by this work. */
  name(sequence: Sequence): void {
    sequence.lane = this.lane;
    sequence.lastWork = this.id;
  }

  /** Adds the row [computedTokens, to); the caller has seen to its memory. */
  addRow(sequence: Sequence, to: number, flags: number): void {
    const { id, rows } = this;
    const from = sequence.computedTokens;
    sequence.computedTokens = to;
    sequence.lane = this.lane;
    sequence.lastWork = id;
    sequence.rowWork = id;
    if (sequence.placed < sequence.blocks.length) this.unplaced.push(sequence);
    this.sequences[rows] = sequence;
    this.ids[rows] = sequence.id;
    this.from[rows] = from;
    this.to[rows] = to;
    this.flags[rows] = flags;
    this.rows = rows + 1;
    this.newTokens += to - from;
    if ((flags & RowFlag.Decode) !== 0) {
      this.decodeRows++;
      this.decodeKvTokens += to;
    }
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
    if (rows === 0 && this.swapsOut.length + this.swapsIn.length === 0) return false;
    const moves = this.decodeRows > 0 ? this.reorder() : NONE;
    const work: Work = {
      id: this.id,
      lane: lane.index,
      sequences: this.ids.slice(0, rows),
      from: this.from.slice(0, rows),
      to: this.to.slice(0, rows),
      flags: this.flags.slice(0, rows),
      deadRows: this.decodeRows > 0 ? state.memory.holes : 0,
      swaps: this.takeSwaps(),
      moves,
      placements: this.unplaced.length > 0 ? this.takePlacements() : NONE,
      forks: this.forks.length > 0 ? this.forks.splice(0) : NONE,
      newTokens: this.newTokens,
      decodeKvTokens: this.decodeKvTokens,
    };
    state.nextWork++;
    state.tokensUsed += this.newTokens;
    lane.works.push({ work, rows: this.sequences.slice(0, rows) });
    state.actions.push({ kind: 'launch', work });
    return true;
  }

  /** Moves come before the rows, so they carry the tokens that were there before. */
  private reorder(): readonly Move[] {
    const { memory } = this.state;
    if (memory.holes === 0) return NONE;
    for (let i = 0; i < this.rows; i++) this.sequences[i]!.rowFrom = this.from[i]!;
    const tokensOf = (sequence: Sequence): number => {
      if (sequence.placed === 0) return 0;
      return sequence.rowWork === this.id ? sequence.rowFrom : sequence.computedTokens;
    };
    const moves: Move[] = [];
    for (const { sequence, fromBlock, toBlock } of memory.reorder(
      this.lane.index,
      this.id,
      tokensOf,
    )) {
      const tokens = tokensOf(sequence);
      if (tokens === 0) continue;
      this.name(sequence);
      moves.push({ sequence: sequence.id, index: 0, fromBlock, toBlock, tokens });
    }
    return moves;
  }

  private takeSwaps(): readonly Swap[] {
    if (this.swapsOut.length + this.swapsIn.length === 0) return NONE;
    return [...this.swapsOut.splice(0), ...this.swapsIn.splice(0)];
  }

  private takePlacements(): readonly Placement[] {
    const placements: Placement[] = [];
    for (const sequence of this.unplaced) {
      const { blocks, id } = sequence;
      for (let index = sequence.placed; index < blocks.length; index++) {
        placements.push({ sequence: id, index, block: blocks[index]! });
      }
      sequence.placed = blocks.length;
    }
    this.unplaced.length = 0;
    return placements;
  }
}
