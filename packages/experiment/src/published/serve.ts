import { MetricsCollector, type MetricValues } from '@flover/metrics';
import { createScheduler, type MemoryConfig, type ParameterValue } from '@flover/policy';
import { type CostModel, simulate } from '@flover/simulator';
import { type ArrivalConfig, createSource, type LengthConfig } from '@flover/workload';

/** Every published prompt. */
const PROMPT_TOKENS = 8;

/** One simulated run of a published experiment. */
export interface Served {
  readonly costModel: CostModel;
  readonly policy: string;
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  readonly reordering?: 'off' | 'flover';
  readonly requests: number;
  readonly arrivals: ArrivalConfig;
  readonly output: LengthConfig;
  /** Longest output, tokens. */
  readonly maxOutputTokens: number;
  readonly seed: number;
}

/** Simulates one run; all requests fit in at once, as in the published runs. */
export function serve(run: Served): MetricValues {
  const maxSequenceTokens = PROMPT_TOKENS + run.maxOutputTokens;
  const memory: MemoryConfig =
    run.reordering === undefined
      ? { kind: 'slots', slots: run.requests }
      : { kind: 'contiguous', slots: run.requests, reordering: run.reordering };
  const scheduler = createScheduler({
    policy: { name: run.policy, parameters: run.parameters ?? {} },
    memory,
    maxSequences: run.requests,
    maxSequenceTokens,
    planAhead: 1,
  });
  const source = createSource(
    {
      kind: 'synthetic',
      requests: run.requests,
      arrivals: run.arrivals,
      prompt: { kind: 'fixed', tokens: PROMPT_TOKENS },
      output: run.output,
      maxSequenceTokens,
    },
    { seed: run.seed },
  );
  const collector = new MetricsCollector();
  simulate({ scheduler, source, costModel: run.costModel, sink: collector });
  return collector.summary().values;
}

/** Policies that stand for the published baseline, and what the rows call them. */
export const baselines = [
  { name: 'one after another', policy: 'sequential', parametersFor: () => ({}) },
  {
    name: 'concurrent instances',
    policy: 'concurrent-instances',
    parametersFor: (requests: number) => ({ instances: requests }),
  },
] as const;
