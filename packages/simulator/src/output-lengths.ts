import { RowFlag, type Work } from '@flover/policy';
import type { WorkloadRequest } from '@flover/workload';
import { withRoom } from './growth.ts';

/** A count of sampled tokens that no sequence reaches. */
const NEVER = -1;
const NONE: readonly number[] = [];

/**
 * Plays the model: knows how long each output truly is, and says which sequences stop.
 *
 * Only ends before `maxOutputTokens` are said; the limit itself is the scheduler's own business.
 */
export class OutputLengths {
  // By sequence.
  #sampled = new Int32Array(64);
  #stopAt = new Int32Array(64);
  /** Sequences of the group that begins with this sequence. */
  #width = new Int32Array(64);

  /** The request's sequences are numbered from `first` on. */
  admitted(request: WorkloadRequest, first: number): void {
    const end = first + request.width;
    this.#sampled = withRoom(this.#sampled, end);
    this.#stopAt = withRoom(this.#stopAt, end);
    this.#width = withRoom(this.#width, end);
    const length = request.outputTokens ?? request.maxOutputTokens;
    const stopAt = length < request.maxOutputTokens ? length : NEVER;
    for (let sequence = first; sequence < end; sequence++) this.#stopAt[sequence] = stopAt;
    this.#width[first] = request.width;
  }

  /** Nothing more is said of these sequences. */
  finished(first: number, width: number): void {
    this.#stopAt.fill(NEVER, first, first + width);
  }

  /** Counts the tokens of an ended work and returns the sequences that stopped. */
  ended(work: Work): readonly number[] {
    const { sequences, flags } = work;
    const sampled = this.#sampled;
    const stopAt = this.#stopAt;
    let stopped: number[] | undefined;
    for (let row = 0; row < sequences.length; row++) {
      const sequence = sequences[row];
      const flag = flags[row];
      if ((flag & RowFlag.Samples) === 0) continue;
      // The last row of a prompt samples the first tokens of the whole group.
      const width = (flag & RowFlag.Decode) === 0 ? this.#width[sequence] : 1;
      for (let member = sequence; member < sequence + width; member++) {
        if (++sampled[member] !== stopAt[member]) continue;
        stopped ??= [];
        stopped.push(member);
      }
    }
    return stopped ?? NONE;
  }
}
