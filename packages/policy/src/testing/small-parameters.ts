import type { ParameterValue } from '../policy.ts';

type Parameters = Readonly<Record<string, ParameterValue>>;

/** Parameters of the built-in policies that matter in worlds of a few requests and nanoseconds. */
export const smallParameters: Readonly<Record<string, readonly Parameters[]>> = {
  'temporal-fusion': [{ maxPrefillTokens: 4 }, { prefillLanes: 2, preemption: 'swap' }],
  sequential: [{}, { preemption: 'swap' }],
  'static-batching': [{ batchSize: 2 }, { batchSize: 3, preemption: 'swap' }],
  'dynamic-batching': [
    { maxBatchSize: 3, windowMs: 5e-6 },
    { maxBatchSize: 2, windowMs: 2e-5, preemption: 'swap' },
  ],
  'concurrent-instances': [{ instances: 2 }, { instances: 3, preemption: 'swap' }],
  'continuous-batching': [{ maxBatchedTokens: 5 }, { preemption: 'swap' }],
  'chunked-prefill': [
    { tokenBudget: 4, chunkAlignment: 2 },
    { tokenBudget: 3, chunkAlignment: 1, preemption: 'swap' },
  ],
};
