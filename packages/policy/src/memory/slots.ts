import type { RequestView } from '../request.ts';
import type { Sequence } from '../scheduler/sequence.ts';
import type { KvMemory, SlotMove } from './memory.ts';

/** What all slot memories share: a sequence holds one slot, enough for all its tokens, or none. */
export abstract class SlotMemory implements KvMemory {
  readonly blockTokens: number;
  readonly blocks: number;
  readonly hostReserved = 0;
  readonly takesBusy = false;
  reserved = 0;
  abstract readonly holes: number;

  constructor(slots: number, slotTokens: number) {
    this.blocks = slots;
    this.blockTokens = slotTokens;
  }

  /** Free slots that a group may enter now, at least up to `wanted`. */
  protected abstract available(lane: number, wanted: number): number;
  protected abstract allocate(sequence: Sequence, lane: number): number;
  protected abstract vacate(slot: number): void;
  abstract reorder(
    lane: number,
    work: number,
    tokensOf: (sequence: Sequence) => number,
  ): readonly SlotMove[];
  abstract ended(lane: number, work: number): void;

  neverFits(request: RequestView): string | undefined {
    if (request.width <= this.blocks) return undefined;
    return `width ${request.width} exceeds the ${this.blocks} slots of the memory`;
  }

  canHold(width: number, _tokens: number, lane: number): boolean {
    return this.available(lane, width) >= width;
  }

  hold(group: readonly Sequence[], _tokens: number, lane: number): void {
    for (const sequence of group) {
      sequence.blocks = [this.allocate(sequence, lane)];
      sequence.capacityTokens = this.blockTokens;
      this.reserved++;
    }
  }

  free(sequence: Sequence): void {
    this.vacate(sequence.blocks[0]!);
    sequence.blocks = [];
    sequence.capacityTokens = 0;
    this.reserved--;
  }

  take(sequence: Sequence): void {
    this.free(sequence);
  }

  missing(): number {
    return 0;
  }
  canExtend(): boolean {
    return true;
  }
  extend(): boolean {
    return true;
  }
  canReturn(): boolean {
    return false;
  }
  bookHost(): boolean {
    return false;
  }
  freeHost(): void {}
  releaseHost(): void {}
}

/** Slots behind an indirection table: any free one will do, and nothing ever moves. */
export class TableMemory extends SlotMemory {
  readonly holes = 0;
  private readonly stack: number[] = [];

  constructor(slots: number, slotTokens: number) {
    super(slots, slotTokens);
    for (let slot = slots - 1; slot >= 0; slot--) this.stack.push(slot);
  }

  protected available(): number {
    return this.stack.length;
  }
  protected allocate(): number {
    return this.stack.pop()!;
  }
  protected vacate(slot: number): void {
    this.stack.push(slot);
  }
  reorder(): readonly SlotMove[] {
    return [];
  }
  ended(): void {}
}
