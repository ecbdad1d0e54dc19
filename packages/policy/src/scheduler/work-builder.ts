import { type Fork, type Move, type Placement, RowFlag, type Swap, type Work } from '../actions.ts';
import type { Lane } from './lane.ts';
import type { Sequence } from './sequence.ts';
import type { State } from './state.ts';

export const DECODE_SAMPLES = RowFlag.Decode | RowFlag.Samples;

const NONE: readonly never[] = Object.freeze([]);

/** The rows of a work as parallel arrays, reused from work to work. */
class Columns {
  readonly rows: Sequence[] = [];
  readonly ids: number[] = [];
  readonly from: number[] = [];
  readonly to: number[] = [];
  readonly flags: number[] = [];
}

/** The work that is being planned: rows in reused arrays, copied once at the launch. */
export class WorkBuilder {
  private readonly state: State;
  private lane!: Lane;
  id = 0;
  rows = 0;
  newTokens = 0;
  private decodeRows = 0;
  private decodeKvTokens = 0;
  private readonly columns = new Columns();
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
    this.rows = 0;
    this.newTokens = 0;
    this.decodeRows = 0;
    this.decodeKvTokens = 0;
  }

  /** Marks a sequence as named by this work. */
  name(sequence: Sequence): void {
    sequence.lane = this.lane;
    sequence.namedWork = this.id;
  }

  /** Adds the row [computedTokens, to); the caller has seen to its memory. */
  addRow(sequence: Sequence, to: number, flags: number): void {
    const from = sequence.computedTokens;
    sequence.computedTokens = to;
    if (sequence.placed < sequence.blocks.length) this.unplaced.push(sequence);
    if ((flags & RowFlag.Samples) !== 0 && to === sequence.limitTokens)
      this.addEnding(sequence, flags);
    this.push(sequence, from, to, flags);
    this.newTokens += to - from;
    if ((flags & RowFlag.Decode) !== 0) {
      this.decodeRows++;
      this.decodeKvTokens += to;
    }
  }

  /**
   * Adds the next decode row of `sequences[start]` and those after it, until one needs a closer
   * look; gives its index. The one loop that every iteration runs over every sequence.
   */
  addPlainRows(sequences: readonly Sequence[], start: number): number {
    const { id, lane } = this;
    const { rows, ids, from, to, flags } = this.columns;
    const first = this.rows;
    let row = first;
    let kvTokens = 0;
    let index = start;
    for (; index < sequences.length; index++) {
      const sequence = sequences[index]!;
      const computed = sequence.computedTokens;
      if (computed >= sequence.plainTokens || sequence.rowWork === id) break;
      if (sequence.lane !== lane) {
        if (sequence.isBusy()) break;
        sequence.lane = lane;
      }
      sequence.computedTokens = computed + 1;
      sequence.rowWork = id;
      const samples = computed + 1 >= sequence.promptTokens + sequence.sampledBefore;
      rows[row] = sequence;
      ids[row] = sequence.id;
      from[row] = computed;
      to[row] = computed + 1;
      flags[row] = samples ? DECODE_SAMPLES : RowFlag.Decode;
      kvTokens += computed + 1;
      row++;
    }
    this.rows = row;
    this.newTokens += row - first;
    this.decodeRows += row - first;
    this.decodeKvTokens += kvTokens;
    return index;
  }

  private push(sequence: Sequence, from: number, to: number, flags: number): void {
    const { columns, rows: row } = this;
    sequence.lane = this.lane;
    sequence.rowWork = this.id;
    columns.rows[row] = sequence;
    columns.ids[row] = sequence.id;
    columns.from[row] = from;
    columns.to[row] = to;
    columns.flags[row] = flags;
    this.rows = row + 1;
  }

  /** A prompt's last row samples for its whole group. */
  private addEnding(sequence: Sequence, flags: number): void {
    if ((flags & RowFlag.Decode) !== 0) this.ending.push(sequence);
    else this.ending.push(...sequence.entry.sequences);
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
    const { columns } = this;
    const work: Work = {
      id: this.id,
      lane: lane.index,
      sequences: columns.ids.slice(0, rows),
      from: columns.from.slice(0, rows),
      to: columns.to.slice(0, rows),
      flags: columns.flags.slice(0, rows),
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
    const ending = this.ending.length > 0 ? this.ending : NONE;
    if (ending !== NONE) this.ending = [];
    lane.works.push({ work, rows: columns.rows.slice(0, rows), ending });
    state.actions.push({ kind: 'launch', work });
    return true;
  }

  /** Moves come before the rows, so they carry the tokens that were there before. */
  private reorder(): readonly Move[] {
    const { memory } = this.state;
    if (memory.holes === 0) return NONE;
    const { rows, from } = this.columns;
    for (let i = 0; i < this.rows; i++) rows[i]!.rowFrom = from[i]!;
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
      sequence.refresh();
    }
    this.unplaced.length = 0;
    return placements;
  }
}
