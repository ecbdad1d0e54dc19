import { type RequestId, RowFlag, type SequenceId, type Work } from '@flover/policy';
import type { MeasureRecord } from '@flover/trace';
import { emptySpans } from './merge-spans.ts';
import type { Phase } from './report-data.ts';

interface Occupant {
  readonly request: RequestId;
  /** -1 before the first placement. */
  slot: number;
  /** The span that goes on, or undefined between two. */
  phase: 'prefill' | 'decode' | undefined;
  startNanos: number;
  endNanos: number;
  tokens: number;
  /** How long its last iteration took. */
  lastNanos: number;
}

/**
 * What each slot did, and for which request.
 *
 * Iterations of one phase join to one span until the phase or the slot changes, or the sequence
 * pauses for longer than its last iteration took. Such a pause is a span of its own, 'idle', and so
 * is any wait between two phases.
 * Paged memory has no slots; there a sequence takes the lowest free row from admission to release.
 */
export class SlotSpanRecorder {
  readonly spans = emptySpans();
  /** One more than the highest slot seen. */
  places = 0;
  readonly firstSlot = new Map<RequestId, number>();
  readonly #occupants = new Map<SequenceId, Occupant>();
  readonly #rows: boolean[] = [];
  readonly #paged: boolean;

  constructor(paged: boolean) {
    this.#paged = paged;
  }

  admit(request: RequestId, first: SequenceId, width: number): void {
    for (let i = 0; i < width; i++) {
      const times = { startNanos: 0, endNanos: 0, tokens: 0, lastNanos: 0 };
      this.#occupants.set(first + i, { request, slot: -1, phase: undefined, ...times });
      if (this.#paged) this.#settle(this.#occupants.get(first + i)!, this.#takeRow());
    }
  }

  /** A work that ran: what it did to each sequence. */
  ran(work: Work, measure: MeasureRecord): void {
    if (!this.#paged) this.#relocate(work, measure);
    const moving = work.moves.length > 0 && !this.#paged ? measure.moveNanos : 0;
    const start = Math.min(measure.startNanos + moving, measure.endNanos);
    for (let i = 0; i < work.sequences.length; i++) {
      const occupant = this.#occupants.get(work.sequences[i]!);
      if (occupant === undefined || occupant.slot < 0) continue;
      const phase = work.flags[i]! & RowFlag.Decode ? 'decode' : 'prefill';
      this.#resume(occupant, phase, start);
      occupant.endNanos = measure.endNanos;
      occupant.lastNanos = measure.endNanos - measure.startNanos;
      occupant.tokens += work.to[i]! - work.from[i]!;
    }
  }

  release(sequence: SequenceId, timeNanos: number): void {
    const occupant = this.#occupants.get(sequence);
    if (occupant === undefined) return;
    this.#end(occupant);
    if (timeNanos - occupant.endNanos > occupant.lastNanos) this.#pause(occupant, timeNanos);
    if (this.#paged) this.#rows[occupant.slot] = false;
    this.#occupants.delete(sequence);
  }

  /** Ends what a run that was cancelled or cut off left open. */
  close(): void {
    for (const occupant of this.#occupants.values()) this.#end(occupant);
    this.#occupants.clear();
  }

  #relocate(work: Work, measure: MeasureRecord): void {
    for (const { sequence, toBlock, tokens } of work.moves) {
      const occupant = this.#occupants.get(sequence);
      if (occupant === undefined) continue;
      this.#end(occupant);
      this.#pause(occupant, measure.startNanos);
      this.#settle(occupant, toBlock);
      const end = measure.startNanos + measure.moveNanos;
      occupant.endNanos = end;
      this.#add(occupant, 'move', measure.startNanos, end, tokens);
    }
    for (const { sequence, index, block } of work.placements) {
      const occupant = this.#occupants.get(sequence);
      if (occupant !== undefined && index === 0) this.#settle(occupant, block);
    }
  }

  #settle(occupant: Occupant, slot: number): void {
    if (occupant.slot === slot) return;
    this.#end(occupant);
    occupant.slot = slot;
    if (slot >= this.places) this.places = slot + 1;
    if (!this.firstSlot.has(occupant.request)) this.firstSlot.set(occupant.request, slot);
  }

  #resume(occupant: Occupant, phase: 'prefill' | 'decode', startNanos: number): void {
    const same = occupant.phase === phase;
    if (same && startNanos - occupant.endNanos <= occupant.lastNanos) return;
    this.#end(occupant);
    this.#pause(occupant, startNanos);
    Object.assign(occupant, { phase, startNanos, tokens: 0 });
  }

  #pause(occupant: Occupant, untilNanos: number): void {
    if (occupant.lastNanos === 0 || untilNanos <= occupant.endNanos) return;
    this.#add(occupant, 'idle', occupant.endNanos, untilNanos, 0);
  }

  #end(occupant: Occupant): void {
    const { phase, startNanos, endNanos, tokens } = occupant;
    if (phase === undefined) return;
    occupant.phase = undefined;
    this.#add(occupant, phase, startNanos, endNanos, tokens);
  }

  #add(occupant: Occupant, phase: Phase, startNanos: number, endNanos: number, tokens: number) {
    const { spans } = this;
    spans.slot.push(occupant.slot);
    spans.request.push(occupant.request);
    spans.lastRequest.push(occupant.request);
    spans.phase.push(phase);
    spans.startMicros.push(Math.round(startNanos / 1000));
    spans.endMicros.push(Math.round(endNanos / 1000));
    spans.tokens.push(tokens);
    spans.count.push(1);
  }

  #takeRow(): number {
    const free = this.#rows.indexOf(false);
    const row = free >= 0 ? free : this.#rows.length;
    this.#rows[row] = true;
    return row;
  }
}
