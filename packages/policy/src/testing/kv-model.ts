import { type Move, RowFlag, type Swap, type Work } from '../actions.ts';
import type { SchedulerConfig } from '../config.ts';
import type { RequestView, SequenceId } from '../request.ts';
import { BlockTables, type Complain } from './block-tables.ts';
import type { CellAccess } from './kv-access.ts';

interface Holder {
  readonly request: RequestView;
  readonly first: SequenceId;
}

const nothing = 0;

/** What a sequence has in host memory counts as one cell, below those of the device. */
const hostCell = (sequence: SequenceId): number => -1 - sequence;

/**
 * KV memory as an executor sees it: cells that each hold the KV of one token of one sequence.
 *
 * Every cell remembers what was written there, so that reading anything else is noticed.
 */
export class KvModel {
  private readonly blockTokens: number;
  private readonly hostBlocks: number;
  private readonly cells: Int32Array;
  private readonly tables: BlockTables;
  private readonly host = new Map<SequenceId, number[]>();
  private readonly holders = new Map<SequenceId, Holder>();
  private readonly complain: Complain;

  constructor({ memory, maxSequenceTokens }: SchedulerConfig, complain: Complain) {
    const paged = memory.kind === 'paged';
    const blocks = paged ? memory.blocks : memory.slots;
    this.blockTokens = paged ? memory.blockTokens : maxSequenceTokens;
    this.hostBlocks = paged ? memory.hostBlocks : 0;
    this.cells = new Int32Array(blocks * this.blockTokens);
    this.tables = new BlockTables(blocks, complain);
    this.complain = complain;
  }

  admit(first: SequenceId, request: RequestView): void {
    for (let index = 0; index < request.width; index++) {
      this.holders.set(first + index, { request, first });
    }
  }

  /** The sequence's memory, on the device and in the host, is free. */
  drop(sequence: SequenceId): void {
    this.tables.drop(sequence);
    this.host.delete(sequence);
  }

  describe(cell: number): string {
    if (cell < 0) return `the host's KV of sequence ${-1 - cell}`;
    const block = Math.floor(cell / this.blockTokens);
    return `token ${cell % this.blockTokens} of block ${block}`;
  }

  /** Carries a whole work out: swaps out, moves, placements, swaps in, forks, rows. */
  run(work: Work, access: CellAccess): void {
    const name = `work ${work.id}`;
    for (const swap of work.swaps) if (swap.direction === 'out') this.swapOut(swap, name, access);
    for (const move of work.moves) this.move(move, name, access);
    for (const placement of work.placements) this.tables.place(placement, name);
    for (const swap of work.swaps) if (swap.direction === 'in') this.swapIn(swap, name, access);
    for (const { from, to, tokens } of work.forks) {
      const label = `${name} fork ${from} to ${to}`;
      this.read(from, tokens, label, access);
      this.write(to, 0, tokens, label, access);
    }
    work.sequences.forEach((sequence, row) => {
      const from = work.from[row]!;
      const to = work.to[row]!;
      const kind = work.flags[row]! & RowFlag.Decode ? 'decode' : 'prefill';
      const label = `${name} ${kind} row ${sequence}[${from},${to})`;
      this.read(sequence, from, label, access);
      this.write(sequence, from, to, label, access);
    });
  }

  private swapOut({ sequence, tokens, blocks }: Swap, name: string, access: CellAccess): void {
    const label = `${name} swap out of sequence ${sequence}`;
    this.tables.compare(sequence, blocks, label);
    const keys = this.read(sequence, tokens, label, access);
    access.writes.add(hostCell(sequence));
    this.drop(sequence);
    this.host.set(sequence, keys);
    let used = 0;
    for (const held of this.host.values()) used += Math.ceil(held.length / this.blockTokens);
    if (used <= this.hostBlocks) return;
    const message = `${label}: ${used} host blocks in use, there are ${this.hostBlocks}`;
    this.complain('capacity', message);
  }

  private swapIn({ sequence, tokens, blocks }: Swap, name: string, access: CellAccess): void {
    const label = `${name} swap in of sequence ${sequence}`;
    access.reads.add(hostCell(sequence));
    this.tables.compare(sequence, blocks, label);
    const held = this.host.get(sequence)?.length ?? 0;
    if (held !== tokens) {
      const message = `${label}: ${tokens} tokens asked for, the host holds ${held}`;
      this.complain('kv-integrity', message);
      return;
    }
    this.host.delete(sequence);
    this.write(sequence, 0, tokens, label, access);
  }

  private move(move: Move, name: string, access: CellAccess): void {
    const { sequence, index, fromBlock, toBlock, tokens } = move;
    const label = `${name} move of sequence ${sequence} from block ${fromBlock} to ${toBlock}`;
    if (!this.tables.move(move, label)) return;
    for (let offset = 0; offset < tokens; offset++) {
      const source = fromBlock * this.blockTokens + offset;
      const target = toBlock * this.blockTokens + offset;
      access.reads.add(source);
      access.writes.add(target);
      this.check(source, sequence, index * this.blockTokens + offset, label);
      this.cells[target] = this.cells[source]!;
    }
  }

  private read(sequence: SequenceId, tokens: number, label: string, access: CellAccess): number[] {
    const keys: number[] = [];
    for (let position = 0; position < tokens; position++) {
      const cell = this.cellOf(sequence, position, label);
      if (cell === undefined) return keys;
      access.reads.add(cell);
      keys.push(this.cells[cell]!);
      if (!this.check(cell, sequence, position, label)) return keys;
    }
    return keys;
  }

  /** Is the KV of this token in this cell? */
  private check(cell: number, sequence: SequenceId, position: number, label: string): boolean {
    const key = this.cells[cell]!;
    if (key === this.keyOf(sequence, position)) return true;
    const found = key === nothing ? 'nothing was ever written there' : 'another KV is there';
    const message = `${label} reads the KV of token ${position} at ${this.describe(cell)}: ${found}`;
    this.complain('kv-integrity', message);
    return false;
  }

  private write(
    sequence: SequenceId,
    from: number,
    to: number,
    label: string,
    access: CellAccess,
  ): void {
    for (let position = from; position < to; position++) {
      const cell = this.cellOf(sequence, position, label);
      if (cell === undefined) return;
      access.writes.add(cell);
      this.cells[cell] = this.keyOf(sequence, position);
    }
  }

  private cellOf(sequence: SequenceId, position: number, label: string): number | undefined {
    const table = this.tables.of(sequence);
    const block = table[Math.floor(position / this.blockTokens)];
    if (block !== undefined) return block * this.blockTokens + (position % this.blockTokens);
    const message = `${label}: token ${position} has no place in its blocks [${table}]`;
    this.complain('kv-integrity', message);
    return undefined;
  }

  /** What the KV of this token is: shared by a group in the prompt, and by beams throughout. */
  private keyOf(sequence: SequenceId, position: number): number {
    const holder = this.holders.get(sequence);
    if (holder === undefined) return -1;
    const { request, first } = holder;
    const shared = position < request.promptTokens || request.group === 'beams';
    return 1 + (shared ? first : sequence) * 4096 + position;
  }
}
