import { invariant, type Nanos, RowFlag, type SequenceId, type Work } from '@flover/policy';
import { grownFloats, grownInts, roomFor } from './growing.ts';
import { Histogram } from './histogram.ts';
import type { RequestTable } from './request-table.ts';

const DECODE_TOKEN = RowFlag.Decode | RowFlag.Samples;
/** Stands in `#lastNanos` for a sequence that has ended: what is computed for it is late. */
const ENDED = Number.POSITIVE_INFINITY;

/**
 * When each sequence made its last token, and so the gaps between tokens.
 *
 * Rows of a decode iteration that also sat in the iteration before share one gap, so an iteration
 * costs one comparison and one store a row and one histogram entry; other rows go the long way.
 */
export class TokenClock {
  readonly gaps = new Histogram();
  /** Tokens sampled by all sequences, without those of late rows. */
  generatedTokens = 0;
  prefillTokens = 0;
  /** Of the work last given to `ended`: decode rows of live sequences, and late rows. */
  decodeRows = 0;
  lateRows = 0;
  readonly #requests: RequestTable;
  /** NaN before the first token, `ENDED` after the last. */
  #lastNanos = new Float64Array(0);
  #request = new Int32Array(0);
  /** Work that last counted a request, for distinct counts; used once a wide request was seen. */
  #countedBy = new Int32Array(0);
  #wide = false;

  constructor(requests: RequestTable) {
    this.#requests = requests;
  }

  admit(request: number, first: SequenceId): void {
    const { width } = this.#requests;
    const last = first + width[request]! - 1;
    if (!(last < this.#lastNanos.length)) this.#grow(roomFor(last, this.#lastNanos.length));
    for (let s = first; s <= last; s++) {
      this.#lastNanos[s] = Number.NaN;
      this.#request[s] = request;
    }
    if (last > first) this.#wide = true;
  }

  /** A work that began at `start` ended at `now`; the lane's work before it at `previousEnd`. */
  ended(work: Work, start: Nanos, previousEnd: Nanos, now: Nanos): void {
    const { sequences, flags } = work;
    const last = this.#lastNanos;
    const rows = sequences.length;
    let common = 0;
    this.decodeRows = 0;
    this.lateRows = 0;
    for (let i = 0; i < rows; i++) {
      const sequence = sequences[i]!;
      if (flags[i] === DECODE_TOKEN && last[sequence] === previousEnd) {
        last[sequence] = now;
        common++;
      } else {
        this.#row(work, i, start, now);
      }
    }
    if (common > 0) {
      this.gaps.record(now - previousEnd, common);
      this.generatedTokens += common;
      this.decodeRows += common;
    }
  }

  /** Decode requests, each once, of a work that is running or just ended. */
  decodeRequests(work: Work): number {
    let requests = 0;
    for (let i = 0; i < work.sequences.length; i++) {
      const sequence = work.sequences[i]!;
      if ((work.flags[i]! & RowFlag.Decode) === 0 || this.#lastNanos[sequence] === ENDED) continue;
      if (this.#wide && !this.#firstOfRequest(this.#request[sequence]!, work.id)) continue;
      requests++;
    }
    return requests;
  }

  /** True while every request seen had one sequence: then rows and requests are the same. */
  get narrow(): boolean {
    return !this.#wide;
  }

  stop(sequence: SequenceId): void {
    this.#lastNanos[sequence] = ENDED;
  }

  /** All sequences of a request have ended. */
  finish(request: number): void {
    const first = this.#requests.firstSequence[request]!;
    if (first < 0) return;
    for (let i = 0; i < this.#requests.width[request]!; i++) this.#lastNanos[first + i] = ENDED;
  }

  reset(): void {
    this.gaps.reset();
    this.generatedTokens = 0;
    this.prefillTokens = 0;
  }

  #row(work: Work, i: number, start: Nanos, now: Nanos): void {
    const sequence = work.sequences[i]!;
    const flags = work.flags[i]!;
    const last = this.#lastNanos[sequence]!;
    const request = this.#request[sequence]!;
    invariant(request >= 0, `work ${work.id} names sequence ${sequence}, which was not admitted`);
    const requests = this.#requests;
    if (Number.isNaN(requests.startedNanos[request])) requests.startedNanos[request] = start;
    const decode = (flags & RowFlag.Decode) !== 0;
    if (!decode) this.prefillTokens += work.to[i]! - work.from[i]!;
    if (last === ENDED) {
      this.lateRows++;
      return;
    }
    if (decode) this.decodeRows++;
    if (flags & RowFlag.Samples) {
      if (Number.isNaN(requests.firstTokenNanos[request])) this.#firstTokens(request, now);
      else this.#token(sequence, now - last, now);
    }
  }

  /** The last prompt row of a request samples the first token of each of its sequences. */
  #firstTokens(request: number, now: Nanos): void {
    const requests = this.#requests;
    requests.firstTokenNanos[request] = now;
    const first = requests.firstSequence[request]!;
    const width = requests.width[request]!;
    for (let i = 0; i < width; i++) this.#lastNanos[first + i] = now;
    this.generatedTokens += width;
  }

  #token(sequence: SequenceId, gap: Nanos, now: Nanos): void {
    this.gaps.record(gap, 1);
    this.#lastNanos[sequence] = now;
    this.generatedTokens++;
  }

  #firstOfRequest(request: number, work: number): boolean {
    if (!(request < this.#countedBy.length)) {
      this.#countedBy = grownInts(this.#countedBy, roomFor(request, this.#countedBy.length), -1);
    }
    if (this.#countedBy[request] === work) return false;
    this.#countedBy[request] = work;
    return true;
  }

  #grow(length: number): void {
    this.#lastNanos = grownFloats(this.#lastNanos, length, Number.NaN);
    this.#request = grownInts(this.#request, length, -1);
  }
}
