import type { MemoryConfig, SchedulerConfig } from '@flover/policy';
import { type ModelShape, modelNamed } from '@flover/trace';
import type { SamplingParameters, WorkloadRequest } from '@flover/workload';
import fc from 'fast-check';

/** A scheduler and the requests it gets. */
export interface World {
  readonly config: SchedulerConfig;
  readonly requests: readonly WorkloadRequest[];
}

export const maxSequences = 6;
export const maxSequenceTokens = 48;
/** Lanes of the widest policy below. */
export const lanes = 3;
export const shapes: readonly ModelShape[] = ['tiny-llama', 'tiny-llama-gqa', 'tiny-gptj'].map(
  modelNamed,
);

const upTo = (max: number, min = 1) => fc.integer({ min, max });
const preemption = fc.constantFrom('swap' as const, 'recompute' as const);

/** Every built-in policy, with parameters that make it show its branches in a small world. */
const policyArbitrary = fc
  .tuple(
    fc.constantFrom(
      { name: 'temporal-fusion', parameters: { prefillLanes: 1 } },
      { name: 'temporal-fusion', parameters: { prefillLanes: 2 } },
      { name: 'sequential', parameters: {} },
      { name: 'static-batching', parameters: { batchSize: 3 } },
      { name: 'dynamic-batching', parameters: { maxBatchSize: 3, windowMs: 1 } },
      { name: 'concurrent-instances', parameters: { instances: 3 } },
      { name: 'continuous-batching', parameters: { maxBatchedTokens: 24 } },
      { name: 'chunked-prefill', parameters: { tokenBudget: 7, chunkAlignment: 4 } },
      { name: 'chunked-prefill', parameters: { tokenBudget: 16, chunkAlignment: 1 } },
    ),
    preemption,
  )
  .map(([policy, by]) => ({
    name: policy.name,
    parameters: { ...policy.parameters, preemption: by } as SchedulerConfig['policy']['parameters'],
  }));

/** KV memories that run dry now and then; every one holds the longest request. */
const memoryArbitrary: fc.Arbitrary<MemoryConfig> = fc.oneof(
  fc.record({ kind: fc.constant('slots' as const), slots: upTo(maxSequences, 3) }),
  fc.record({
    kind: fc.constant('contiguous' as const),
    slots: upTo(maxSequences, 3),
    reordering: fc.constantFrom('off' as const, 'flover' as const, 'least-bytes' as const),
  }),
  fc.record({
    kind: fc.constant('paged' as const),
    blocks: upTo(24, 16),
    blockTokens: fc.constantFrom(4, 8),
    hostBlocks: fc.constantFrom(0, 8, 24),
  }),
);

const samplingArbitrary: fc.Arbitrary<SamplingParameters> = fc.oneof(
  fc.constant({}),
  fc.record({ temperature: fc.constantFrom(0.7, 1.3), seed: upTo(1000, 0) }),
  fc.record({ temperature: fc.constant(1), topK: upTo(20), topP: fc.constantFrom(0.5, 0.9) }),
  fc.record({ repetitionPenalty: fc.constantFrom(1.1, 1.5) }),
  fc.record({
    presencePenalty: fc.constant(0.5),
    endTokens: fc.array(upTo(255, 0), { maxLength: 40 }),
  }),
);

const groupArbitrary = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ group: 'single' as const, width: 1 }) },
  { weight: 1, arbitrary: fc.constant({ group: 'samples' as const, width: 2 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { group: 'beams' as const, width: 2 },
      { group: 'beams' as const, width: 3 },
    ),
  },
);

interface Draft {
  readonly gapNanos: number;
  readonly promptTokens: number;
  readonly maxOutputTokens: number;
  readonly outputTokens: number;
  readonly hidden: boolean;
  readonly sampling: SamplingParameters;
  readonly grouped: Pick<WorkloadRequest, 'group' | 'width'>;
  readonly cancelAfterNanos: number | undefined;
}

const draftArbitrary: fc.Arbitrary<Draft> = fc.record({
  gapNanos: fc.oneof(fc.constant(0), upTo(2_000_000, 0)),
  promptTokens: upTo(24),
  maxOutputTokens: upTo(24),
  outputTokens: upTo(24),
  hidden: fc.boolean(),
  sampling: samplingArbitrary,
  grouped: groupArbitrary,
  cancelAfterNanos: fc.oneof(
    { weight: 9, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: upTo(5_000_000, 0) },
  ),
});

function toRequest(draft: Draft, id: number, arrivalNanos: number): WorkloadRequest {
  const { promptTokens, maxOutputTokens, grouped, cancelAfterNanos } = draft;
  const { temperature: _, ...calm } = draft.sampling;
  const sampling = grouped.group === 'beams' ? calm : draft.sampling;
  return {
    id,
    arrivalNanos,
    promptTokens,
    maxOutputTokens,
    ...grouped,
    sampling: { ...sampling, logProbs: true },
    ...(draft.hidden ? { outputTokens: Math.min(draft.outputTokens, maxOutputTokens) } : {}),
    ...(cancelAfterNanos === undefined ? {} : { cancelAfterNanos }),
  };
}

/** Requests in order of arrival, with ids 0, 1, 2, ... */
export function requestsArbitrary(cancels: boolean): fc.Arbitrary<readonly WorkloadRequest[]> {
  return fc.array(draftArbitrary, { minLength: 1, maxLength: 7 }).map((drafts) => {
    let arrivalNanos = 0;
    return drafts.map((draft, id) => {
      arrivalNanos += draft.gapNanos;
      const kept = cancels ? draft : { ...draft, cancelAfterNanos: undefined };
      return toRequest(kept, id, arrivalNanos);
    });
  });
}

export const configArbitrary: fc.Arbitrary<SchedulerConfig> = fc.record({
  policy: policyArbitrary,
  memory: memoryArbitrary,
  maxSequences: fc.constant(maxSequences),
  maxSequenceTokens: fc.constant(maxSequenceTokens),
  planAhead: fc.constantFrom(0 as const, 1 as const),
});

export const worldArbitrary: fc.Arbitrary<World> = fc.record({
  config: configArbitrary,
  requests: requestsArbitrary(true),
});
