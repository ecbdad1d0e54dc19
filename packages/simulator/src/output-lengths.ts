import { RowFlag, type Work } from '@flover/policy';
import type { WorkloadRequest } from '@flover/workload';
import { withRoom } from './growth.ts';

/** A position that no sequence reaches. */
const NEVER = -1;
const NONE: readonly number[] = [];

/**
 * Plays the model: knows how long each output truly is, and says which sequences stop.
 *
 * Only ends before `maxOutputTokens` are said; the limit itself is the scheduler's own business.
 * A row that ends at position p samples output token p - promptTokens + 1, whatever came before, so
 * the last token of a sequence is known by its position alone.
 */
export class OutputLengths {
  // By sequence: where the row that samples the last token ends; sequences in its group from it on.
  #lastPosition = new Int32Array(64);
  #width = new Int32Array(64);
  /** Live requests that will stop early: without any there is nothing to look for. */
  #stopping = 0;

  /** The request's sequences are numbered from `first` on. */
  admitted(request: WorkloadRequest, first: number): void {
    const end = first + request.width;
    this.#lastPosition = withRoom(this.#lastPosition, end);
    this.#width = withRoom(this.#width, end);
    const last = lastPosition(request);
    for (let sequence = first; sequence < end; sequence++) this.#lastPosition[sequence] = last;
    this.#width[first] = request.width;
    if (stopsEarly(request)) this.#stopping++;
  }

  /** Nothing more is said of the sequences of an admitted request. */
  finished(request: WorkloadRequest, first: number): void {
    const end = first + request.width;
    for (let sequence = first; sequence < end; sequence++) this.#lastPosition[sequence] = NEVER;
    if (stopsEarly(request)) this.#stopping--;
  }

  /** The sequences whose last token the ended work has sampled. */
  ended(work: Work): readonly number[] {
    if (this.#stopping === 0) return NONE;
    const { sequences, flags, to } = work;
    const last = this.#lastPosition;
    let stopped: number[] | undefined;
    for (let row = 0; row < sequences.length; row++) {
      const sequence = sequences[row];
      if (to[row] !== last[sequence] || (flags[row] & RowFlag.Samples) === 0) continue;
      // The last row of a prompt samples the first tokens of the whole group.
      const width = (flags[row] & RowFlag.Decode) === 0 ? this.#width[sequence] : 1;
      for (let member = sequence; member < sequence + width; member++) {
        stopped ??= [];
        stopped.push(member);
      }
    }
    return stopped ?? NONE;
  }
}

function stopsEarly({ outputTokens, maxOutputTokens }: WorkloadRequest): boolean {
  return outputTokens !== undefined && outputTokens < maxOutputTokens;
}

function lastPosition(request: WorkloadRequest): number {
  const { promptTokens, outputTokens } = request;
  return stopsEarly(request) ? promptTokens + (outputTokens ?? 0) - 1 : NEVER;
}
