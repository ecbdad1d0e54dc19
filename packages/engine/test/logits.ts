import type { Engine } from '../src/engine.ts';
import { completionFor } from '../src/run/completion.ts';

const PLACEMENT = 3;

/** Logits after a prompt, from one prefill alone on the engine (slot memory, block 0). */
export function logitsAfter(engine: Engine, prompt: readonly number[]): Float32Array {
  const { native, limits } = engine;
  native.startClock();
  native.keepLogits(true);
  native.add({
    id: 0,
    groupFirst: 0,
    groupIndex: 0,
    groupWidth: 1,
    group: 'single',
    prompt: Int32Array.from(prompt),
    maxOutputTokens: 1,
  });
  const row = (value: number) => Int32Array.of(value);
  const edits = Int32Array.of(PLACEMENT, 0, 0, 0);
  native.launch(0, 0, 1, row(0), row(0), row(prompt.length), row(2), 0, edits, edits.length);
  native.wait(-1, completionFor(limits.maxSequences));
  const logits = native.logits(0);
  native.release(0);
  native.keepLogits(false);
  return logits;
}
