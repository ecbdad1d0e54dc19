import type { ParameterValue, SchedulerConfig } from '@flover/policy';
import type { SyntheticWorkload } from '@flover/workload';
import type { ExperimentSpec } from './spec/schema.ts';

/** One run that is made to be fitted, and never to be predicted. */
export interface ProfileRun {
  readonly name: string;
  readonly scheduler: SchedulerConfig;
  readonly workload: SyntheticWorkload;
}

/** Iterations of each decode run: enough that one disturbed iteration does not count. */
const DECODE_ITERATIONS = 24;

/** Requests of a run that varies lengths. */
const VARIED_REQUESTS = 24;

/**
 * What is measured of an engine: decode over batch and context, prefill over length, prefill beside
 * decode, decode beside decode, mixed iterations, moves. Lengths fill what the limits allow.
 */
export function profileRuns(spec: ExperimentSpec): ProfileRun[] {
  const runs = [...decodeRuns(spec), prefillRun(spec), besideRun(spec), mixedRun(spec)];
  for (const lanes of instanceLanes(spec)) runs.push(instancesRun(spec, lanes));
  return runs;
}

function decodeRuns(spec: ExperimentSpec): ProfileRun[] {
  const { maxSequences, maxSequenceTokens } = spec.limits;
  const output = Math.min(DECODE_ITERATIONS, Math.floor(maxSequenceTokens / 4));
  const contexts = [4, maxSequenceTokens - output - 1];
  return batches(maxSequences).flatMap((batch) =>
    contexts.map((prompt) => ({
      name: `decode batch ${batch} from ${prompt} tokens`,
      scheduler: schedulerOf(spec, 'static-batching', { batchSize: batch }),
      workload: atOnce(batch, [[prompt, output]]),
    })),
  );
}

/** 1, 2, 4, ... and the largest itself. */
function batches(largest: number): number[] {
  const powers = Array.from({ length: 17 }, (_, i) => 2 ** i).filter((batch) => batch < largest);
  return [...powers, largest];
}

/** Lengths from 1 to the longest prompt, closer together where they are short. */
function promptLengths(spec: ExperimentSpec): number[] {
  const longest = spec.limits.maxSequenceTokens - 2;
  const lengths = Array.from({ length: 12 }, (_, i) => Math.round(longest ** (i / 11)));
  return [...new Set([...lengths, Math.round(longest / 2), Math.round((3 * longest) / 4)])];
}

function prefillRun(spec: ExperimentSpec): ProfileRun {
  const pairs = promptLengths(spec).map((prompt) => [prompt, 1] as const);
  return {
    name: 'prefill alone',
    scheduler: schedulerOf(spec, 'sequential', {}),
    workload: atOnce(3 * pairs.length, pairs),
  };
}

/** Prefill on its own lane beside the fused decode lane, and slots that must be moved. */
function besideRun(spec: ExperimentSpec): ProfileRun {
  return {
    name: 'prefill beside decode, with moves',
    scheduler: {
      ...schedulerOf(spec, 'temporal-fusion', {}),
      memory: { kind: 'contiguous', slots: spec.limits.maxSequences, reordering: 'flover' },
    },
    workload: atOnce(VARIED_REQUESTS + 2 * spec.limits.maxSequences, variedPairs(spec)),
  };
}

function mixedRun(spec: ExperimentSpec): ProfileRun {
  return {
    name: 'chunks beside decode rows',
    scheduler: schedulerOf(spec, 'chunked-prefill', {}),
    workload: atOnce(VARIED_REQUESTS, variedPairs(spec)),
  };
}

function instancesRun(spec: ExperimentSpec, instances: number): ProfileRun {
  return {
    name: `${instances} concurrent instances`,
    scheduler: schedulerOf(spec, 'concurrent-instances', { instances }),
    workload: atOnce(2 * instances, variedPairs(spec)),
  };
}

/** The numbers of instances that the experiment's own policies ask for. */
function instanceLanes(spec: ExperimentSpec): number[] {
  const asked = spec.policies.flatMap((policy) => {
    if (typeof policy === 'string') return policy === 'concurrent-instances' ? [4] : [];
    if (policy.name !== 'concurrent-instances') return [];
    return [typeof policy.parameters.instances === 'number' ? policy.parameters.instances : 4];
  });
  return [...new Set(asked)].filter((lanes) => lanes > 1);
}

function variedPairs(spec: ExperimentSpec): (readonly [number, number])[] {
  const output = Math.min(DECODE_ITERATIONS, Math.floor(spec.limits.maxSequenceTokens / 4));
  const longest = spec.limits.maxSequenceTokens - output;
  return [0.05, 0.2, 0.5, 0.9].flatMap((share) =>
    [0.4, 0.7, 1].map((part) => {
      const prompt = Math.max(1, Math.round(share * longest));
      return [prompt, Math.max(2, Math.round(part * output))] as const;
    }),
  );
}

function atOnce(
  requests: number,
  pairs: readonly (readonly [number, number])[],
): SyntheticWorkload {
  return {
    kind: 'synthetic',
    requests,
    arrivals: { kind: 'all-at-once' },
    lengths: { kind: 'pairs', pairs },
  };
}

function schedulerOf(
  spec: ExperimentSpec,
  name: string,
  parameters: Readonly<Record<string, ParameterValue>>,
): SchedulerConfig {
  const { maxSequences, maxSequenceTokens, planAhead } = spec.limits;
  return {
    policy: { name, parameters },
    memory: { kind: 'slots', slots: maxSequences },
    maxSequences,
    maxSequenceTokens,
    planAhead,
  };
}
