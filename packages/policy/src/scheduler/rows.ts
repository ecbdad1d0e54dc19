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
 * The rows of the work being planned, as parallel arrays.
 *
 * Steady decode repeats the rows of the lane's work before, one token on: then only the new ends are
 * written, and the other arrays are shared with that work. Where the repetition breaks off, the work
 * gets arrays of its own, that begin with copies. Such arrays are new for each work on purpose: to
 * store new objects in an old array is slow, for the garbage collector is told of each.
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
  private rows: Sequence[] = [];
  private ids: number[] = [];
  private from: number[] = [];
  private readonly to: number[] = [];
  /** All rows so far repeat those of the work before: `rows`, `ids` and `from` are not in use. */
  private repeating = true;

  begin(lane: Lane, work: number): void {
    this.lane = lane;
    this.work = work;
    this.count = 0;
    this.newTokens = 0;
    this.decodeRows = 0;
    this.decodeKvTokens = 0;
    // Popping keeps the array's room; setting its length to 0 would give it away.
    while (this.others.length > 0) this.others.pop();
    this.repeating = true;
  }

  /** Adds the row [computedTokens, to). */
  add(sequence: Sequence, to: number, flags: number): void {
    const from = sequence.computedTokens;
    if (flags !== DECODE_SAMPLES || !this.repeats(sequence, from)) this.write(sequence, from);
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
    const next = this.repeating ? this.repeat(sequences, start) : start;
    const isPlain = next < sequences.length && this.isPlain(sequences[next]!);
    return isPlain ? this.append(sequences, next) : next;
  }

  /** Tells each sequence where its row begins. */
  tellFrom(): void {
    this.own();
    for (let row = 0; row < this.count; row++) this.rows[row]!.rowFrom = this.from[row]!;
  }

  /** The finished arrays. */
  take(): RowArrays {
    const { count } = this;
    const to = this.to.slice(0, count);
    const last = this.lane.lastPlain;
    if (last !== undefined && this.repeating && last.rows.length === count) {
      const { sequences, to: from, flags } = last.work;
      return { rows: last.rows, sequences, from, to, flags };
    }
    this.own();
    const { rows, ids: sequences, from } = this;
    return { rows, sequences, from, to, flags: this.flagsOfAll() };
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
      this.repeating &&
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
    this.countPlain(row - this.count, kvTokens);
    return index;
  }

  private append(sequences: readonly Sequence[], start: number): number {
    this.own();
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
      rows.push(sequence);
      ids.push(sequence.id);
      from.push(computed);
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
    this.own();
    this.rows.push(sequence);
    this.ids.push(sequence.id);
    this.from.push(from);
  }

  /** The repetition ends here: from now on rows go to arrays of this work's own. */
  private own(): void {
    if (!this.repeating) return;
    this.repeating = false;
    const last = this.lane.lastPlain;
    const { count } = this;
    this.rows = last?.rows.slice(0, count) ?? [];
    this.ids = last?.work.sequences.slice(0, count) ?? [];
    this.from = last?.work.to.slice(0, count) ?? [];
  }
}
