import type { PublishedFit } from '@flover/metrics';
import { type PublishedEngine, publishedCostModel } from './cost-model.ts';
import { serve } from './serve.ts';
import { type PublishedModel, tables } from './tables.ts';

/** Two times of an iteration beside its bytes between which a run's length is a straight line. */
const PROBE_MICROS = 1000;

/**
 * Describes a published engine by one number taken from one published number: the time of an
 * iteration beside its bytes and operations, such that one request alone takes as long as printed.
 */
export function fitSingleRequest(model: PublishedModel): PublishedFit & PublishedEngine {
  const { gpus, flover } = tables.constantInterval.models[model];
  const singleRequestSeconds = flover[0]!;
  const bare = aloneSeconds({ model, gpus, iterationMicros: 0 });
  const probed = aloneSeconds({ model, gpus, iterationMicros: PROBE_MICROS });
  const iterationMicros = (PROBE_MICROS * (singleRequestSeconds - bare)) / (probed - bare);
  return { model, gpus, singleRequestSeconds, iterationMicros };
}

/** How long a published engine takes for one request of figure 4a. */
export function aloneSeconds(engine: PublishedEngine): number {
  const { outputTokens } = tables.constantInterval;
  const { makespanSeconds } = serve({
    costModel: publishedCostModel(engine),
    policy: 'temporal-fusion',
    requests: 1,
    arrivals: { kind: 'all-at-once' },
    output: { kind: 'fixed', tokens: outputTokens },
    maxOutputTokens: outputTokens,
    seed: 1,
  });
  return makespanSeconds!;
}
