import type { MemoryConfig, SchedulerConfig } from '@flover/policy';
import type { SamplingParameters, WorkloadRequest } from '@flover/workload';
import fc from 'fast-check';
import type { Extent } from './extent.ts';
import { policyArbitrary } from './policies.ts';

/** A scheduler and the requests it gets. */
export interface World {
  readonly config: SchedulerConfig;
  readonly requests: readonly WorkloadRequest[];
}

const upTo = (max: number, min = 1) => fc.integer({ min, max });

/** Three sizes, so that an engine opened for one world serves others; the smallest runs dry most. */
const threeOf = ({ min, max }: { min: number; max: number }) =>
  fc.constantFrom(min, min, Math.floor((min + max) / 2), max);

/** KV memories that run dry now and then; every one holds the longest request. */
function memoryArbitrary({ slots, blocks }: Extent): fc.Arbitrary<MemoryConfig> {
  const slotted = fc.record({ kind: fc.constant('slots' as const), slots: threeOf(slots) });
  const contiguous = fc.record({
    kind: fc.constant('contiguous' as const),
    slots: threeOf(slots),
    reordering: fc.constantFrom('flover' as const, 'least-bytes' as const, 'off' as const),
  });
  const paged = fc.record({
    kind: fc.constant('paged' as const),
    blocks: threeOf(blocks),
    blockTokens: fc.constantFrom(4, 8),
    hostBlocks: fc.constantFrom(blocks.max, Math.floor(blocks.max / 3), 0),
  });
  // What runs dry, moves or swaps is worth more cases than what never does.
  return fc.oneof(
    { weight: 1, arbitrary: slotted },
    { weight: 3, arbitrary: contiguous },
    { weight: 3, arbitrary: paged },
  );
}

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

function draftArbitrary(extent: Extent): fc.Arbitrary<Draft> {
  const { promptTokens, longPromptTokens, outputTokens } = extent;
  return fc.record({
    gapNanos: fc.oneof(fc.constant(0), upTo(extent.gapNanos / 10, 0), upTo(extent.gapNanos, 0)),
    promptTokens:
      longPromptTokens > promptTokens
        ? fc.oneof(
            { weight: 9, arbitrary: upTo(promptTokens) },
            { weight: 1, arbitrary: upTo(longPromptTokens) },
          )
        : upTo(promptTokens),
    maxOutputTokens: fc.oneof(upTo(outputTokens), upTo(outputTokens, outputTokens / 2)),
    outputTokens: upTo(outputTokens),
    hidden: fc.boolean(),
    sampling: samplingArbitrary,
    grouped: groupArbitrary,
    cancelAfterNanos: fc.oneof(
      { weight: 9, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: upTo(5_000_000, 0) },
    ),
  });
}

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
export function requestsArbitrary(
  extent: Extent,
  cancels: boolean,
): fc.Arbitrary<readonly WorkloadRequest[]> {
  const { min, max } = extent.requests;
  const drafts = fc.array(draftArbitrary(extent), { minLength: min, maxLength: max, size: 'max' });
  return drafts.map((all) => {
    let arrivalNanos = 0;
    return all.map((draft, id) => {
      arrivalNanos += draft.gapNanos;
      const kept = cancels ? draft : { ...draft, cancelAfterNanos: undefined };
      return toRequest(kept, id, arrivalNanos);
    });
  });
}

function configArbitrary(extent: Extent): fc.Arbitrary<SchedulerConfig> {
  return fc.record({
    policy: policyArbitrary(extent),
    memory: memoryArbitrary(extent),
    maxSequences: fc.constant(extent.maxSequences),
    maxSequenceTokens: fc.constant(extent.maxSequenceTokens),
    planAhead: fc.constantFrom(0 as const, 1 as const),
  });
}

export function worldArbitrary(extent: Extent, cancels: boolean): fc.Arbitrary<World> {
  return fc.record({
    config: configArbitrary(extent),
    requests: requestsArbitrary(extent, cancels),
  });
}
