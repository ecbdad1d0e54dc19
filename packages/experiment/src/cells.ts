import { resolve } from 'node:path';
import {
  builtInPolicies,
  type MemoryConfig,
  type ParameterValue,
  type SchedulerConfig,
} from '@flover/policy';
import type { WorkloadConfig } from '@flover/workload';
import { policyLabel } from './spec/label.ts';
import type { Experiment } from './spec/load.ts';
import type { LimitsSpec, MemorySpec } from './spec/policy-schema.ts';
import type { ExperimentSpec } from './spec/schema.ts';

/** One policy on one draw of the workload: the unit that both worlds run. Plain JSON. */
export interface Cell {
  /** What tables and folders call the policy. */
  readonly label: string;
  readonly scheduler: SchedulerConfig;
  /** The user's own policy file, absolute; built-in where it is missing. */
  readonly policyFile?: string;
  readonly workload: WorkloadConfig;
  readonly seed: number;
  readonly replication: number;
  /** Name of the cell's folder. */
  readonly folder: string;
}

/** Every policy with every seed, policies outermost; all policies see the same requests. */
export function cellsOf({ spec, folder }: Experiment): Cell[] {
  const workload = {
    ...withoutSlos(spec.workload),
    maxSequenceTokens: spec.limits.maxSequenceTokens,
  } as WorkloadConfig;
  return spec.policies.flatMap((written) => {
    const policy = typeof written === 'string' ? { name: written, parameters: {} } : written;
    const label = policyLabel(policy) ?? '';
    const memory = ('memory' in policy ? policy.memory : undefined) ?? spec.memory;
    const file = 'file' in policy ? policy.file : undefined;
    return spec.seeds.map((seed, replication) => ({
      label,
      scheduler: {
        policy: {
          name: policy.name ?? label,
          parameters: {
            ...defaultsOf(policy.name, file),
            ...policy.parameters,
          } as PolicyParameters,
        },
        memory: memoryConfig(memory, spec.limits),
        maxSequences: spec.limits.maxSequences,
        maxSequenceTokens: spec.limits.maxSequenceTokens,
        planAhead: spec.limits.planAhead,
      },
      ...(file === undefined ? {} : { policyFile: resolve(folder, file) }),
      workload,
      seed,
      replication,
      folder: `${label}-seed-${seed}`,
    }));
  });
}

/** What arrives, without what it is judged by. */
function withoutSlos(workload: ExperimentSpec['workload']): object {
  if (workload.kind !== 'mix') return workload;
  return { ...workload, parts: workload.parts.map(({ slo: _, ...part }) => part) };
}

/** What a policy is given, by name. */
export type PolicyParameters = Readonly<Record<string, ParameterValue>>;

/**
 * The parameters of a built-in policy, so that what is recorded of a cell names all of them: a run is
 * replayed, and a result found again, by what it had and not by what is the default by then. A user's
 * own file is kept with its runs, and its defaults with it.
 */
export function defaultsOf(name: string | undefined, file: string | undefined): PolicyParameters {
  if (file !== undefined) return {};
  return builtInPolicies.find((definition) => definition.name === name)?.parameters ?? {};
}

/** Fills sizes that were left out: room for `maxSequences` sequences of full length. */
function memoryConfig(memory: MemorySpec, limits: LimitsSpec): MemoryConfig {
  if (memory.kind !== 'paged') return { ...memory, slots: memory.slots ?? limits.maxSequences };
  const blocksEach = Math.ceil(limits.maxSequenceTokens / memory.blockTokens);
  return { ...memory, blocks: memory.blocks ?? blocksEach * limits.maxSequences };
}

/** How many requests a workload says that it has; those of recorded files are not counted. */
export function requestsOf(workload: WorkloadConfig): number {
  const parts = workload.kind === 'mix' ? workload.parts : [workload];
  return parts.reduce((sum, part) => sum + ('requests' in part ? part.requests : 0), 0);
}

/** Tokens of KV that a memory holds in all. */
export function kvCapacityTokens(scheduler: SchedulerConfig): number {
  const { memory, maxSequenceTokens } = scheduler;
  if (memory.kind === 'paged') return memory.blocks * memory.blockTokens;
  return memory.slots * maxSequenceTokens;
}
