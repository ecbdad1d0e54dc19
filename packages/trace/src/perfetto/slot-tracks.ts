import {
  type RequestId,
  type RequestView,
  RowFlag,
  type SequenceId,
  type Work,
} from '@flover/policy';
import type { MeasureRecord } from '../events.ts';
import { type ChromeEvent, microseconds, nameTrack, trackGroup } from './chrome-event.ts';

type Phase = 'prefill' | 'decode';

interface Segment {
  readonly slot: number;
  readonly phase: Phase;
  readonly startNanos: number;
  endNanos: number;
  iterations: number;
  tokens: number;
}

/** What is told of a request beside its number. */
type Sender = Pick<RequestView, 'tenant' | 'priority'>;

interface Occupant {
  readonly request: RequestId;
  readonly sender: Sender;
  readonly label: string;
  slot: number;
  segment: Segment | undefined;
}

/**
 * A track a slot: when which sequence was prefilled and decoded there, and what moved.
 *
 * Paged memory has no slots; there a sequence takes the lowest free row from admission to release.
 */
export class SlotTracks {
  readonly #emit: (event: ChromeEvent) => void;
  readonly #paged: boolean;
  readonly #occupants = new Map<SequenceId, Occupant>();
  readonly #named = new Set<number>();
  readonly #rows: boolean[] = [];

  constructor(emit: (event: ChromeEvent) => void, paged: boolean) {
    this.#emit = emit;
    this.#paged = paged;
  }

  admit(
    request: RequestId,
    firstSequence: SequenceId,
    width: number,
    { tenant, priority }: Sender = {},
  ): void {
    const sender = {
      ...(tenant !== undefined && { tenant }),
      ...(priority !== undefined && { priority }),
    };
    for (let i = 0; i < width; i++) {
      const label = width === 1 ? `${request}` : `${request}.${i}`;
      const slot = this.#paged ? this.#takeRow() : -1;
      const occupant = { request, sender, label, slot, segment: undefined };
      this.#occupants.set(firstSequence + i, occupant);
    }
  }

  /** A work that ran: what it did to each sequence. */
  ran(work: Work, measure: MeasureRecord): void {
    if (!this.#paged) this.#relocate(work, measure);
    for (let i = 0; i < work.sequences.length; i++) {
      const occupant = this.#occupants.get(work.sequences[i]!);
      if (occupant === undefined) continue;
      const phase = work.flags[i]! & RowFlag.Decode ? 'decode' : 'prefill';
      const segment = this.#segmentOf(occupant, phase, measure.startNanos);
      segment.endNanos = measure.endNanos;
      segment.iterations++;
      segment.tokens += work.to[i]! - work.from[i]!;
    }
  }

  /** A sequence that gave its memory up is shown nowhere until it is computed again. */
  pause(sequence: SequenceId): void {
    const occupant = this.#occupants.get(sequence);
    if (occupant !== undefined) this.#end(occupant);
  }

  release(sequence: SequenceId): void {
    const occupant = this.#occupants.get(sequence);
    if (occupant === undefined) return;
    this.#end(occupant);
    if (this.#paged) this.#rows[occupant.slot] = false;
    this.#occupants.delete(sequence);
  }

  /** Ends what a cut-off or cancelled run left open. */
  close(): void {
    for (const occupant of this.#occupants.values()) this.#end(occupant);
  }

  #relocate(work: Work, measure: MeasureRecord): void {
    for (const { sequence, fromBlock, toBlock, tokens } of work.moves) {
      const occupant = this.#occupants.get(sequence);
      if (occupant === undefined) continue;
      this.#settle(occupant, toBlock);
      this.#emit({
        ph: 'i',
        name: `move ${occupant.label}`,
        cat: 'move',
        pid: trackGroup.slots,
        tid: toBlock,
        ts: microseconds(measure.startNanos),
        s: 't',
        args: { fromSlot: fromBlock, toSlot: toBlock, tokens },
      });
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
  }

  #segmentOf(occupant: Occupant, phase: Phase, startNanos: number): Segment {
    if (occupant.segment?.phase !== phase) {
      this.#end(occupant);
      const { slot } = occupant;
      const endNanos = startNanos;
      occupant.segment = { slot, phase, startNanos, endNanos, iterations: 0, tokens: 0 };
    }
    return occupant.segment!;
  }

  #end(occupant: Occupant): void {
    const { segment, request, sender, label } = occupant;
    if (segment === undefined) return;
    occupant.segment = undefined;
    const tid = segment.slot;
    if (!this.#named.has(tid)) {
      this.#named.add(tid);
      const name = this.#paged ? `row ${tid}` : `slot ${tid}`;
      for (const event of nameTrack(trackGroup.slots, tid, name)) this.#emit(event);
    }
    this.#emit({
      ph: 'X',
      name: `${segment.phase} ${label}`,
      cat: segment.phase,
      pid: trackGroup.slots,
      tid,
      ts: microseconds(segment.startNanos),
      dur: microseconds(segment.endNanos - segment.startNanos),
      args: { request, ...sender, iterations: segment.iterations, tokens: segment.tokens },
    });
  }

  #takeRow(): number {
    const free = this.#rows.indexOf(false);
    const row = free >= 0 ? free : this.#rows.length;
    this.#rows[row] = true;
    return row;
  }
}
