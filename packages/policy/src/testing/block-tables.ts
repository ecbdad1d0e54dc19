import type { Move, Placement } from '../actions.ts';
import type { SequenceId } from '../request.ts';

/** Told of each thing that is wrong. */
export type Complain = (
  law: 'capacity' | 'exclusive-slots' | 'kv-integrity',
  message: string,
) => void;

/** Which block belongs to which sequence, as an executor is told. */
export class BlockTables {
  /** The sequence that holds each block, or -1. */
  private readonly owners: SequenceId[];
  private readonly tables = new Map<SequenceId, number[]>();
  private readonly complain: Complain;

  constructor(blocks: number, complain: Complain) {
    this.owners = new Array<SequenceId>(blocks).fill(-1);
    this.complain = complain;
  }

  /** Blocks of a sequence in order of position. */
  of(sequence: SequenceId): readonly number[] {
    return this.tables.get(sequence) ?? [];
  }

  drop(sequence: SequenceId): void {
    for (const block of this.of(sequence)) {
      if (this.owners[block] === sequence) this.owners[block] = -1;
    }
    this.tables.delete(sequence);
  }

  place({ sequence, index, block }: Placement, name: string): void {
    const label = `${name} placement of sequence ${sequence} in block ${block}`;
    const table = this.of(sequence);
    if (index !== table.length) {
      const message = `${label}: index ${index}, but it holds ${table.length} blocks, [${table}]`;
      this.complain('exclusive-slots', message);
      return;
    }
    if (this.take(block, sequence, label)) this.tables.set(sequence, [...table, block]);
  }

  /** Gives a sequence another block for one that it holds; false when it may not have it. */
  move({ sequence, index, fromBlock, toBlock }: Move, label: string): boolean {
    const table = this.of(sequence);
    if (table[index] !== fromBlock) {
      this.complain(
        'kv-integrity',
        `${label}: at index ${index} of its blocks [${table}] is another`,
      );
      return false;
    }
    if (!this.take(toBlock, sequence, label)) return false;
    this.owners[fromBlock] = -1;
    this.tables.get(sequence)![index] = toBlock;
    return true;
  }

  /** Complains unless the sequence holds these blocks first. */
  compare(sequence: SequenceId, blocks: readonly number[], label: string): void {
    const table = this.of(sequence);
    if (blocks.length <= table.length && blocks.every((block, i) => table[i] === block)) return;
    const message = `${label} names blocks [${blocks}], but the sequence holds [${table}]`;
    this.complain('kv-integrity', message);
  }

  private take(block: number, sequence: SequenceId, label: string): boolean {
    if (!(block in this.owners)) {
      const message = `${label}: there are only ${this.owners.length} blocks, numbered from 0`;
      this.complain('capacity', message);
      return false;
    }
    const owner = this.owners[block]!;
    if (owner === -1) {
      this.owners[block] = sequence;
      return true;
    }
    this.complain('exclusive-slots', `${label}: sequence ${owner} lives in block ${block}`);
    return false;
  }
}
