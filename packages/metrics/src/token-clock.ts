import { invariant, type Nanos, RowFlag, type SequenceId, type Work } from '@flover/policy';
import { FusedLane } from './fused-lane.ts';
import { grownFloats, grownInts, roomFor } from './growing.ts';
import { Histogram } from './histogram.ts';
import type { RequestTable } from './request-table.ts';
import { endOfPlainRun, endOfRun } from './row-runs.ts';

/** In place of a lane: the sequence's last token stands in `#lastNanos`. */
const ALONE = -1;
/** In place of a lane: the sequence has ended and what is still computed for it is late. */
const ENDED = -2;

/**
 * When each sequence made its last token, and so the gaps between tokens.
 *
 * Rows of a decode iteration that sat in the lane's decode iteration before share one gap. Such a
 * row costs a look at the lane that it belongs to: no store and no histogram entry of its own.
 */
export class TokenClock {
  readonly gaps = new Histogram();
  /** Tokens sampled by all sequences, without those of late rows. */
  generatedTokens = 0;
  prefillTokens = 0;
  /** Of the work last given to `ended`: decode rows of live sequences, and late rows. */
  decodeRows = 0;
  lateRows = 0;
  /** True while every request seen had one sequence: then rows and requests are the same. */
  narrow = true;
  readonly #requests: RequestTable;
  readonly #lanes: FusedLane[] = [];
  /** The lane whose last decode iteration made the sequence's last token, `ALONE` or `ENDED`. */
  #home = new Int32Array(0);
  /** Of sequences that are `ALONE`; NaN before the first token. */
  #lastNanos = new Float64Array(0);
  #request = new Int32Array(0);
  /** Work that last had a row of the sequence; written only where rows have left a lane. */
  #seenIn = new Int32Array(0);
  #joined = 0;
  /** By number of rows, the last flags that were all of decode tokens: schedulers share them. */
  readonly #plainFlags: (readonly number[] | undefined)[] = [];

  constructor(requests: RequestTable) {
    this.#requests = requests;
  }

  admit(request: number, first: SequenceId): void {
    const last = first + this.#requests.width[request]! - 1;
    const room = roomFor(last, this.#home.length);
    if (room > this.#home.length) this.#grow(room);
    for (let s = first; s <= last; s++) {
      invariant(this.#request[s]! < 0, () => `sequence ${s} is given out twice`);
      this.#request[s] = request;
    }
    if (last > first) this.narrow = false;
  }

  /** A work of lane `lane` that began at `start` ended at `now`. */
  ended(work: Work, lane: number, start: Nanos, now: Nanos): void {
    const { sequences, flags } = work;
    const home = this.#home;
    const rows = sequences.length;
    const fused = this.#lane(lane);
    this.decodeRows = 0;
    this.lateRows = 0;
    this.#joined = 0;
    let common = 0;
    if (fused.isSame(work)) {
      common = rows;
    } else {
      const plain = this.#plainFlags[rows] === flags;
      for (let i = 0; i < rows; i++) {
        const begin = i;
        i = plain
          ? endOfPlainRun(sequences, home, lane, begin)
          : endOfRun(sequences, flags, home, lane, begin);
        common += i - begin;
        if (i < rows) this.#row(work, i, start, now);
      }
      if (common + this.#joined === rows) this.#plainFlags[rows] = flags;
    }
    if (common + this.#joined > 0) this.#close(work, fused, common, now);
  }

  /** Decode rows of live sequences in `work`, which has not ended. */
  liveDecodeRows(work: Work): number {
    let rows = 0;
    for (let i = 0; i < work.sequences.length; i++) {
      if (work.flags[i]! & RowFlag.Decode && this.#home[work.sequences[i]!] !== ENDED) rows++;
    }
    return rows;
  }

  /** The request of an admitted sequence that has not ended, else -1. */
  liveRequest(sequence: SequenceId): number {
    return this.#home[sequence] === ENDED ? -1 : this.#request[sequence]!;
  }

  /** Adds to `requests` the live requests with decode rows in `work`. */
  decodeRequests(work: Work, requests: Set<number>): void {
    for (let i = 0; i < work.sequences.length; i++) {
      const sequence = work.sequences[i]!;
      if (!(work.flags[i]! & RowFlag.Decode) || this.#home[sequence] === ENDED) continue;
      requests.add(this.#request[sequence]!);
    }
  }

  /** The token that a sequence made last was its last. */
  stop(sequence: SequenceId): void {
    this.#leave(sequence);
    this.#home[sequence] = ENDED;
  }

  /** All sequences of a request have ended. */
  finish(request: number): void {
    const first = this.#requests.firstSequence[request]!;
    if (first < 0) return;
    for (let i = 0; i < this.#requests.width[request]!; i++) this.stop(first + i);
  }

  reset(): void {
    this.gaps.reset();
    this.generatedTokens = 0;
    this.prefillTokens = 0;
  }

  /** Makes the decode rows of `work` the members of its lane. */
  #close(work: Work, lane: FusedLane, common: number, now: Nanos): void {
    if (common > 0) {
      this.gaps.record(now - lane.endNanos, common);
      this.generatedTokens += common;
      this.decodeRows += common;
    }
    if (common + this.#joined < lane.members) this.#sendAway(work, lane);
    lane.endNanos = now;
    lane.work = work;
  }

  /** Members of the lane without a row in `work`, paused or preempted, are alone from now on. */
  #sendAway(work: Work, lane: FusedLane): void {
    for (const sequence of work.sequences) this.#seenIn[sequence] = work.id;
    for (const sequence of lane.work?.sequences ?? []) {
      if (this.#home[sequence] !== lane.index || this.#seenIn[sequence] === work.id) continue;
      this.#leave(sequence);
    }
  }

  /** Any row but that of a sequence which decodes on and on in the same lane. */
  #row(work: Work, i: number, start: Nanos, now: Nanos): void {
    const sequence = work.sequences[i]!;
    const flags = work.flags[i]!;
    const request = this.#request[sequence]!;
    invariant(
      request >= 0,
      () => `work ${work.id} names sequence ${sequence}, which was not admitted`,
    );
    const { startedNanos } = this.#requests;
    if (Number.isNaN(startedNanos[request])) startedNanos[request] = start;
    const decode = (flags & RowFlag.Decode) !== 0;
    if (!decode) this.prefillTokens += work.to[i]! - work.from[i]!;
    if (this.#home[sequence] === ENDED) {
      this.lateRows++;
      return;
    }
    if (decode) this.decodeRows++;
    if (flags & RowFlag.Samples) this.#token(sequence, request, decode ? work.lane : ALONE, now);
    else if (decode) this.#leave(sequence);
  }

  /** A sequence that was not in the lane's decode iteration before makes a token. */
  #token(sequence: SequenceId, request: number, home: number, now: Nanos): void {
    const requests = this.#requests;
    if (Number.isNaN(requests.firstTokenNanos[request])) {
      requests.firstTokenNanos[request] = now;
      this.#firstTokens(request, now);
      return;
    }
    this.#leave(sequence);
    this.gaps.record(now - this.#lastNanos[sequence]!, 1);
    this.generatedTokens++;
    this.#lastNanos[sequence] = now;
    if (home === ALONE) return;
    this.#home[sequence] = home;
    this.#lane(home).members++;
    this.#joined++;
  }

  /** The last prompt row of a request samples the first token of each of its sequences. */
  #firstTokens(request: number, now: Nanos): void {
    const first = this.#requests.firstSequence[request]!;
    const width = this.#requests.width[request]!;
    for (let i = 0; i < width; i++) this.#lastNanos[first + i] = now;
    this.generatedTokens += width;
  }

  /** Takes a sequence out of its lane, with the time of its last token. */
  #leave(sequence: SequenceId): void {
    const home = this.#home[sequence]!;
    if (home < 0) return;
    const lane = this.#lanes[home]!;
    this.#lastNanos[sequence] = lane.endNanos;
    this.#home[sequence] = ALONE;
    lane.members--;
  }

  #lane(index: number): FusedLane {
    while (this.#lanes.length <= index) this.#lanes.push(new FusedLane(this.#lanes.length));
    return this.#lanes[index]!;
  }

  #grow(length: number): void {
    this.#lastNanos = grownFloats(this.#lastNanos, length, Number.NaN);
    this.#home = grownInts(this.#home, length, ALONE);
    this.#request = grownInts(this.#request, length, -1);
    this.#seenIn = grownInts(this.#seenIn, length, -1);
  }
}
