import type { RequestView } from '../request.ts';
import type { Sequence } from '../scheduler/sequence.ts';
import type { KvMemory, SlotMove } from './memory.ts';

/** Something taken that becomes free for all lanes when `work` on `lane` has ended. */
interface Pending {
  readonly lane: number;
  readonly work: number;
  readonly blocks: readonly number[];
}

/** Share of the blocks that admission leaves free for those already in, as vLLM does. */
const WATERMARK = 0.01;

/**
 * Blocks of `blockTokens` tokens, taken as a sequence grows.
 *
 * Admission takes the blocks of the prompt and the first output token; it leaves one block in a
 * hundred free unless nothing else is in. Later sequences of a group take theirs at the fork.
 */
export class PagedMemory implements KvMemory {
  readonly blockTokens: number;
  readonly blocks: number;
  readonly hostBlocks: number;
  readonly takesBusy = true;
  readonly holes = 0;
  reserved = 0;
  hostReserved = 0;
  private readonly freeBlocks: number[] = [];
  private pending: Pending[] = [];
  private hostPending: { lane: number; work: number; blocks: number }[] = [];
  private readonly watermark: number;

  constructor(blocks: number, blockTokens: number, hostBlocks: number) {
    this.blocks = blocks;
    this.blockTokens = blockTokens;
    this.hostBlocks = hostBlocks;
    this.watermark = Math.floor(blocks * WATERMARK);
    for (let block = blocks - 1; block >= 0; block--) this.freeBlocks.push(block);
  }

  neverFits(request: RequestView): string | undefined {
    const tokens = request.promptTokens + request.maxOutputTokens - 1;
    const needed = request.width * this.blocksOf(tokens);
    if (needed <= this.blocks) return undefined;
    return `${needed} KV blocks of ${this.blockTokens} tokens exceed the ${this.blocks} of the memory`;
  }

  canHold(width: number, tokens: number, lane: number): boolean {
    return this.canReturn(width * this.blocksOf(tokens), lane);
  }

  canReturn(blocks: number, lane: number): boolean {
    return this.available(lane) >= blocks + (this.reserved === 0 ? 0 : this.watermark);
  }

  hold(group: readonly Sequence[], tokens: number, lane: number): void {
    this.extend(group[0]!, tokens, lane);
  }

  missing(sequence: Sequence, tokens: number): number {
    return Math.max(0, this.blocksOf(tokens) - sequence.blocks.length);
  }

  canExtend(blocks: number, lane: number): boolean {
    return this.freeBlocks.length >= blocks || this.available(lane) >= blocks;
  }

  extend(sequence: Sequence, tokens: number, lane: number): boolean {
    const missing = this.missing(sequence, tokens);
    if (!this.canExtend(missing, lane)) return false;
    for (let i = 0; i < missing; i++) {
      sequence.blocks.push(this.freeBlocks.pop() ?? this.reuse(lane));
    }
    sequence.capacityTokens = sequence.blocks.length * this.blockTokens;
    this.reserved += missing;
    sequence.refresh();
    return true;
  }

  free(sequence: Sequence): void {
    const blocks = this.detach(sequence);
    for (let i = blocks.length - 1; i >= 0; i--) this.freeBlocks.push(blocks[i]!);
  }

  take(sequence: Sequence, lane: number): void {
    if (!sequence.isBusy()) {
      this.free(sequence);
      return;
    }
    const work = Math.max(sequence.rowWork, sequence.namedWork);
    this.pending.push({ lane, work, blocks: this.detach(sequence) });
  }

  bookHost(blocks: number): boolean {
    if (this.hostReserved + blocks > this.hostBlocks) return false;
    this.hostReserved += blocks;
    return true;
  }

  freeHost(blocks: number): void {
    this.hostReserved -= blocks;
  }

  releaseHost(blocks: number, lane: number, work: number): void {
    this.hostPending.push({ lane, work, blocks });
  }

  reorder(): readonly SlotMove[] {
    return [];
  }

  ended(lane: number, work: number): void {
    if (this.pending.length > 0) {
      const over = this.pending.filter((each) => each.lane === lane && each.work <= work);
      this.pending = this.pending.filter((each) => !over.includes(each));
      for (const { blocks } of over) this.freeBlocks.push(...blocks);
    }
    if (this.hostPending.length > 0) {
      const over = this.hostPending.filter((each) => each.lane === lane && each.work <= work);
      this.hostPending = this.hostPending.filter((each) => !over.includes(each));
      for (const { blocks } of over) this.hostReserved -= blocks;
    }
  }

  /** Blocks that works of this lane may take: free for all, or taken from works before them. */
  private available(lane: number): number {
    let count = this.freeBlocks.length;
    for (const each of this.pending) if (each.lane === lane) count += each.blocks.length;
    return count;
  }

  private reuse(lane: number): number {
    const index = this.pending.findIndex((each) => each.lane === lane && each.blocks.length > 0);
    const { blocks, ...rest } = this.pending[index]!;
    this.pending[index] = { ...rest, blocks: blocks.slice(1) };
    return blocks[0]!;
  }

  private detach(sequence: Sequence): number[] {
    const { blocks } = sequence;
    sequence.blocks = [];
    sequence.capacityTokens = 0;
    this.reserved -= blocks.length;
    return blocks;
  }

  private blocksOf(tokens: number): number {
    return Math.ceil(tokens / this.blockTokens);
  }
}
