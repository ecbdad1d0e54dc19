import type { SchedulerConfig } from '@flover/policy';
import fc from 'fast-check';
import type { Extent } from './extent.ts';

type PolicyChoice = SchedulerConfig['policy'];

/** Every built-in policy, with parameters that make it show its branches in worlds of this extent. */
export function policiesFor(extent: Extent): readonly PolicyChoice[] {
  const batch = Math.max(3, Math.floor(extent.maxSequences / 2));
  const budget = extent.maxSequences + 1;
  return [
    { name: 'temporal-fusion', parameters: { prefillLanes: 1 } },
    { name: 'temporal-fusion', parameters: { prefillLanes: 2 } },
    { name: 'sequential', parameters: {} },
    { name: 'static-batching', parameters: { batchSize: batch } },
    { name: 'dynamic-batching', parameters: { maxBatchSize: batch, windowMs: 1 } },
    { name: 'concurrent-instances', parameters: { instances: 3 } },
    { name: 'continuous-batching', parameters: { maxBatchedTokens: extent.longPromptTokens } },
    { name: 'chunked-prefill', parameters: { tokenBudget: budget, chunkAlignment: 4 } },
    { name: 'chunked-prefill', parameters: { tokenBudget: budget + 9, chunkAlignment: 1 } },
  ];
}

/** One of these policies, with either way to preempt. */
export function policyArbitrary(extent: Extent): fc.Arbitrary<PolicyChoice> {
  return fc
    .tuple(fc.constantFrom(...policiesFor(extent)), fc.constantFrom('swap', 'swap', 'recompute'))
    .map(([policy, preemption]) => ({
      name: policy.name,
      parameters: { ...policy.parameters, preemption },
    }));
}
