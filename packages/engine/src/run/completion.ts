import type { SequenceId } from '@flover/policy';
import type { NativeCompletion } from '../addon-types.ts';

/** Room for the end of any work of an engine with this many sequences. */
export function completionFor(maxSequences: number): NativeCompletion {
  return {
    header: new Float64Array(8),
    sequences: new Int32Array(maxSequences),
    tokens: new Int32Array(maxSequences),
    logProbs: new Float32Array(maxSequences),
    stopped: new Uint8Array(maxSequences),
  };
}

/** A token that could not be drawn, since the model's logits give no probabilities. */
export interface UndrawnToken {
  readonly sequence: SequenceId;
  /** Of the token in its sequence, prompt included. */
  readonly position: number;
  /** What is wrong with its logits: NaN or infinite. */
  readonly logit: number;
}

/** What the device says of a work that ended. Times are on the run clock. */
export interface Ended {
  readonly work: number;
  readonly lane: number;
  readonly startNanos: number;
  readonly endNanos: number;
  readonly movedBytes: number;
  readonly moveNanos: number;
  /** When the host saw it. */
  readonly seenNanos: number;
  /** -1 where a row gave none. */
  readonly tokens: readonly number[];
  readonly stopped: readonly SequenceId[];
  readonly undrawn: readonly UndrawnToken[];
}

const NO_TOKEN = -1;
/** Less the position of a token that could not be drawn; mirrors native/include/flover/work.h. */
const UNDEFINED_TOKEN = -2;

export function readCompletion(completion: NativeCompletion): Ended {
  const { header, sequences, tokens, logProbs, stopped } = completion;
  const entries = header[6]!;
  const ended: SequenceId[] = [];
  const undrawn: UndrawnToken[] = [];
  // A loop of its own: once an iteration, `Array.from` costs more than the rest of the binding.
  const sampled = new Array<number>(entries);
  for (let i = 0; i < entries; i++) {
    const token = tokens[i]!;
    sampled[i] = Math.max(NO_TOKEN, token);
    if (stopped[i] !== 0) ended.push(sequences[i]!);
    if (token > UNDEFINED_TOKEN) continue;
    const position = UNDEFINED_TOKEN - token;
    undrawn.push({ sequence: sequences[i]!, position, logit: logProbs[i]! });
  }
  return {
    work: header[0]!,
    lane: header[1]!,
    startNanos: header[2]!,
    endNanos: header[3]!,
    movedBytes: header[4]!,
    moveNanos: header[5]!,
    seenNanos: header[7]!,
    tokens: sampled,
    stopped: ended,
    undrawn,
  };
}
