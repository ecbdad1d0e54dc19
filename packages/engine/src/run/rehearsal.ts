import { createScheduler, FloverError, type SchedulerConfig } from '@flover/policy';
import { nullSink, tee } from '@flover/trace';
import { collectGarbage, collectYoung } from './collect.ts';
import { Driver } from './driver.ts';
import { ListSource } from './list-source.ts';
import { NullDevice } from './null-device.ts';
import type { RunOptions } from './run.ts';
import { RunSignal } from './signal.ts';

/**
 * Iterations after which hardly a function is left to compile. With 1,500, V8 still installed some in the
 * middle of a run, each time for 0.1 ms.
 */
const ITERATIONS = 4000;
const MOST_ACTIVE = 64;
const PROMPT_TOKENS = 8;

/** Thrown to end a rehearsal after its last iteration. */
const endOfRehearsal = new Error('the rehearsal is over');

/**
 * The driver of the latest rehearsal, kept from a collection in the middle of the run: when the last
 * object of a kind dies, V8 forgets the kind and discards the code compiled for it.
 */
let kept: Driver | undefined;

/** A run to be rehearsed: its sink writes to nothing that is kept. */
export type Rehearsed = Pick<RunOptions, 'scheduler' | 'source' | 'sink'>;

/**
 * Has the host's code compiled before a run counts: plays the run for a second or less on a
 * device that computes nothing. V8 compiles what has run often, and an engine of a hundred iterations
 * a second would take half a minute to get there.
 *
 * V8 compiles for the kinds of objects that it has seen, and discards that code when it meets others;
 * so what is rehearsed should be the run itself. `open` gives it anew, as often as it ends before
 * enough iterations have. Returns the latest time on its clocks, in ns.
 *
 * All garbage is collected first, so that no run pays for what came before it, and only young garbage
 * afterwards: a full collection discards most of the code that was just compiled, since hardly an
 * object of a rehearsal outlives it.
 */
export function rehearse(
  { model, limits }: RunOptions['engine'],
  open: () => Rehearsed,
  iterations = ITERATIONS,
): number {
  collectGarbage();
  let latestNanos = 0;
  let left = iterations;
  const ended = (): void => {
    left -= 1;
    if (left === 0) throw endOfRehearsal;
  };
  while (left > 0) {
    const { scheduler, source, sink } = open();
    const native = new NullDevice(ended);
    kept = new Driver({
      engine: { model, limits, native },
      scheduler,
      source,
      sink,
      prompts: { seed: 0, replication: 0 },
      signal: new RunSignal(),
    });
    const outcome = play(kept);
    const { lastNanos } = kept;
    sink.close({ kind: 'footer', timeNanos: lastNanos, outcome });
    // Where nothing can be served, or not for long, there is nothing more to rehearse.
    if (!native.used || outcome === 'failed') break;
    latestNanos = Math.max(latestNanos, lastNanos);
  }
  collectYoung();
  return latestNanos;
}

/** An operating error is the run's to tell, which has a record for it; here it ends the rehearsal. */
function play(driver: Driver): 'complete' | 'cancelled' | 'failed' {
  try {
    driver.run();
    return 'complete';
  } catch (error) {
    if (error === endOfRehearsal) return 'cancelled';
    if (error instanceof FloverError) return 'failed';
    throw error;
  }
}

/** Made-up requests, as many as can be active, under temporal fusion. */
export function madeUp(config: SchedulerConfig): () => Rehearsed {
  const active = Math.min(MOST_ACTIVE, config.maxSequences);
  const outputTokens = Math.max(1, Math.min(ITERATIONS, config.maxSequenceTokens - PROMPT_TOKENS));
  const promptTokens = Math.max(
    1,
    Math.min(PROMPT_TOKENS, config.maxSequenceTokens - outputTokens),
  );
  const requests = Array.from({ length: active }, (_, id) => ({
    id,
    arrivalNanos: 0,
    promptTokens,
    maxOutputTokens: outputTokens,
    group: 'single' as const,
    width: 1,
  }));
  const policy = { name: 'temporal-fusion', parameters: {} };
  return () => ({
    scheduler: createScheduler({ ...config, policy }),
    source: new ListSource(requests),
    sink: tee(nullSink, nullSink),
  });
}
