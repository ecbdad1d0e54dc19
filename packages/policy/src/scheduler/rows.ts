import { RowFlag, type Work } from '../actions.ts';
import type { Lane, QueuedWork } from './lane.ts';
import type { Sequence } from './sequence.ts';

const DECODE_SAMPLES = RowFlag.Decode | RowFlag.Samples;

/** The flags of so many rows that all decode and sample: one array for each number of rows. */
const plainFlagsOf: (readonly number[])[] = [];

function plainFlags(count: number): readonly number[] {
  let flags = plainFlagsOf[count];
  if (flags === undefined) {
    // Not frozen: frozen arrays are copied and read slowly.
    flags = Array.from({ length: count }, () => DECODE_SAMPLES);
    plainFlagsOf[count] = flags;
  }
  return flags;
}

type RowArrays = Pick<Work, 'sequences' | 'from' | 'to' | 'flags'> & Pick<QueuedWork, 'rows'>;

/**
 * The rows of the work being planned, as parallel arrays that are reused from work to work.
 *
 * Steady decode repeats the rows of the lane's work before, one token on: then only the new ends are
 * written, and the other arrays are shared with that work.
 */
export class Rows {
  count = 0;
  newTokens = 0;
  decodeRows = 0;
  decodeKvTokens = 0;
  private lane!: Lane;
  private work = 0;
  /** Flags of the rows that do not just decode and sample, as row, flags, row, flags... */
  private readonly others: number[] = [];
  private readonly rows: Sequence[] = [];
  private readonly ids: number[] = [];
  private readonly from: number[] = [];
  private readonly to: number[] = [];
  /** How many rows, from the first, repeat those of the work before and are not yet written. */
  private repeated = 0;

  begin(lane: Lane, work: number): void {
    this.lane = lane;
    this.work = work;
    this.count = 0;
    this.newTokens = 0;
    this.decodeRows = 0;
    this.decodeKvTokens = 0;
    if (this.others.length > 0) this.others.length = 0;
    this.repeated = 0;
  }

  /** Adds the row [computedTokens, to). */
  add(sequence: Sequence, to: number, flags: number): void {
    const from = sequence.computedTokens;
    if (flags === DECODE_SAMPLES && this.repeats(sequence, from)) this.repeated++;
    else this.write(sequence, from);
    const row = this.count++;
    this.to[row] = to;
    sequence.computedTokens = to;
    sequence.lane = this.lane;
    sequence.rowWork = this.work;
    this.newTokens += to - from;
    if (flags !== DECODE_SAMPLES) this.others.push(row, flags);
    if ((flags & RowFlag.Decode) === 0) return;
    this.decodeRows++;
    this.decodeKvTokens += to;
    sequence.refresh();
  }

  /**
   * Adds the next decode rows of `sequences[start]` and those after it, until one needs a closer
   * look; gives its index. These loops are all that an iteration does for every sequence.
   */
  addPlain(sequences: readonly Sequence[], start: number): number {
    const next = this.repeated === this.count ? this.repeat(sequences, start) : start;
    const isPlain = next < sequences.length && this.isPlain(sequences[next]!);
    return isPlain ? this.append(sequences, next) : next;
  }

  /** Tells each sequence where its row begins. */
  tellFrom(): void {
    this.writeRepeated();
    for (let row = 0; row < this.count; row++) this.rows[row]!.rowFrom = this.from[row]!;
  }

  /** The finished arrays. */
  take(): RowArrays {
    const { count } = this;
    const to = this.to.slice(0, count);
    const last = this.lane.lastPlain;
    if (last !== undefined && this.repeated === count && last.rows.length === count) {
      const { sequences, to: from, flags } = last.work;
      return { rows: last.rows, sequences, from, to, flags };
    }
    this.writeRepeated();
    return {
      rows: this.rows.slice(0, count),
      sequences: this.ids.slice(0, count),
      from: this.from.slice(0, count),
      to,
      flags: this.flagsOfAll(),
    };
  }

  /** Does every row decode and sample, so that the next work of the lane may repeat them? */
  get allPlain(): boolean {
    return this.others.length === 0;
  }

  private flagsOfAll(): readonly number[] {
    const { others } = this;
    const plain = plainFlags(this.count);
    if (others.length === 0) return plain;
    const flags = plain.slice();
    for (let i = 0; i < others.length; i += 2) flags[others[i]!] = others[i + 1]!;
    return flags;
  }

  private isPlain({ computedTokens, plainTokens, rowWork }: Sequence): boolean {
    return computedTokens < plainTokens && rowWork !== this.work;
  }

  /** Is this row that of the work before, one token on, as all rows so far? */
  private repeats(sequence: Sequence, from: number): boolean {
    const row = this.count;
    const last = this.lane.lastPlain;
    return (
      this.repeated === row &&
      last !== undefined &&
      last.rows[row] === sequence &&
      last.work.to[row] === from
    );
  }

  private repeat(sequences: readonly Sequence[], start: number): number {
    const last = this.lane.lastPlain;
    if (last === undefined) return start;
    const { work, lane, to } = this;
    const { rows } = last;
    const before = last.work.to;
    let kvTokens = 0;
    let row = this.count;
    let index = start;
    for (; index < sequences.length; index++) {
      const sequence = sequences[index]!;
      const from = sequence.computedTokens;
      if (from >= sequence.plainTokens || sequence.lane !== lane) break;
      if (rows[row] !== sequence || before[row] !== from) break;
      sequence.computedTokens = from + 1;
      sequence.rowWork = work;
      to[row] = from + 1;
      kvTokens += from + 1;
      row++;
    }
    this.repeated = row;
    this.countPlain(row - this.count, kvTokens);
    return index;
  }

  private append(sequences: readonly Sequence[], start: number): number {
    this.writeRepeated();
    const { work, lane, rows, ids, from, to } = this;
    let row = this.count;
    let kvTokens = 0;
    let index = start;
    for (; index < sequences.length; index++) {
      const sequence = sequences[index]!;
      const computed = sequence.computedTokens;
      if (computed >= sequence.plainTokens || sequence.rowWork === work) break;
      if (sequence.lane !== lane) {
        if (sequence.isBusy()) break;
        sequence.lane = lane;
      }
      sequence.computedTokens = computed + 1;
      sequence.rowWork = work;
      rows[row] = sequence;
      ids[row] = sequence.id;
      from[row] = computed;
      to[row] = computed + 1;
      kvTokens += computed + 1;
      row++;
    }
    this.countPlain(row - this.count, kvTokens);
    return index;
  }

  private countPlain(rows: number, kvTokens: number): void {
    this.count += rows;
    this.newTokens += rows;
    this.decodeRows += rows;
    this.decodeKvTokens += kvTokens;
  }

  private write(sequence: Sequence, from: number): void {
    this.writeRepeated();
    const row = this.count;
    this.rows[row] = sequence;
    this.ids[row] = sequence.id;
    this.from[row] = from;
  }

  /** The rows do not simply repeat: writes those that were taken for repeated. */
  private writeRepeated(): void {
    const { repeated } = this;
    if (repeated === 0) return;
    this.repeated = 0;
    const last = this.lane.lastPlain!;
    const { sequences, to } = last.work;
    for (let row = 0; row < repeated; row++) {
      this.rows[row] = last.rows[row]!;
      this.ids[row] = sequences[row]!;
      this.from[row] = to[row]!;
    }
  }
}
