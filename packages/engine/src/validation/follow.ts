import type { Engine } from '../engine.ts';
import { completionFor } from '../run/completion.ts';

const PLACEMENT = 3;
const SAMPLES = 2;
const DECODE_SAMPLES = 3;

/** Logits of an iteration, [vocabulary], and the token that was taken from them. */
export interface Iteration {
  readonly logits: Float32Array;
  readonly token: number;
}

/**
 * Follows one greedy sequence iteration by iteration: the prompt in one work, then token by token.
 *
 * Takes the engine's block 0 and sequence 0, so blocks must hold a whole sequence; gives both back at
 * the end or when the reader stops.
 */
export function* follow(
  engine: Engine,
  prompt: readonly number[],
  outputTokens: number,
): Generator<Iteration, void> {
  const { native, limits } = engine;
  const completion = completionFor(limits.maxSequences);
  native.startClock();
  native.keepLogits(true);
  native.add({
    id: 0,
    groupFirst: 0,
    groupIndex: 0,
    groupWidth: 1,
    group: 'single',
    prompt: Int32Array.from(prompt),
    maxOutputTokens: outputTokens,
  });
  try {
    for (let k = 0; k < outputTokens; k++) {
      const from = k === 0 ? 0 : prompt.length + k - 1;
      const flags = k === 0 ? SAMPLES : DECODE_SAMPLES;
      const edits = Int32Array.from(k === 0 ? [PLACEMENT, 0, 0, 0] : []);
      const row = (value: number) => Int32Array.of(value);
      const to = row(prompt.length + k);
      native.launch(k, 0, 1, row(0), row(from), to, row(flags), 0, edits, edits.length);
      native.wait(-1, completion);
      yield { logits: native.logits(0), token: completion.tokens[0]! };
    }
  } finally {
    native.release(0);
    native.keepLogits(false);
  }
}
