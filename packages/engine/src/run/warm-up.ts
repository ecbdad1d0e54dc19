import { createScheduler, FloverError, type SchedulerConfig } from '@flover/policy';
import { nullSink } from '@flover/trace';
import type { WorkloadRequest } from '@flover/workload';
import type { Engine } from '../engine.ts';
import { ListSource } from './list-source.ts';
import { madeUp, rehearse } from './rehearsal.ts';
import { runEngine } from './run.ts';

const SHORT_PROMPT = 8;
const LONG_PROMPT = 256;
const OUTPUT_TOKENS = 6;
/** Of each rehearsal here; who runs rehearses for longer. */
const ITERATIONS = 1500;

/**
 * Lets every lane of an engine prefill and decode once before a run counts: kernels are loaded,
 * buffers touched and the host's code compiled when first used, which is no part of serving.
 *
 * `config` is the scheduler's that will run; its memory and limits are taken, its policy is not. Who
 * knows the run rehearses it as well. Throws `logits-not-finite` where the model cannot even serve
 * made-up prompts: a run of hours need not tell that at its end.
 */
export function warmUp(engine: Engine, config: SchedulerConfig): void {
  const { lanes } = engine.limits;
  const room = config.maxSequenceTokens;
  const requests = Array.from({ length: 2 * lanes }, (_, id): WorkloadRequest => {
    const outputTokens = Math.min(OUTPUT_TOKENS, Math.max(1, room - 1));
    const wanted = id < lanes ? SHORT_PROMPT : LONG_PROMPT;
    return {
      id,
      arrivalNanos: 0,
      promptTokens: Math.max(1, Math.min(wanted, room - outputTokens)),
      maxOutputTokens: outputTokens,
      outputTokens,
      group: 'single',
      width: 1,
    };
  });
  // V8 notes which kinds of objects a function meets only after it has run a few times. The first
  // rehearsal gets it there, serving then shows it the real engine, the second has it compiled for both.
  rehearse(engine, madeUp(config), ITERATIONS);
  serve(engine, config, requests);
  rehearse(engine, madeUp(config), ITERATIONS);
}

function serve(
  engine: Engine,
  config: SchedulerConfig,
  requests: readonly WorkloadRequest[],
): void {
  const instances = engine.limits.lanes;
  const policy = { name: 'concurrent-instances', parameters: { instances } };
  try {
    runEngine({
      engine,
      scheduler: createScheduler({ ...config, policy }),
      source: new ListSource(requests),
      sink: nullSink,
      prompts: { seed: 0, replication: 0 },
    });
  } catch (error) {
    if (!(error instanceof FloverError) || error.code !== 'logits-not-finite') throw error;
    const message = `before the run, on made-up prompts: ${error.message}`;
    throw new FloverError(error.code, message, error.hint, error);
  }
}
