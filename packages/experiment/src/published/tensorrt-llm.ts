import type { PublishedFit, PublishedRow } from '@flover/metrics';
import { kvBytesPerToken, weightBytes } from '@flover/trace';
import { type PublishedEngine, publishedCostModel, publishedShape } from './cost-model.ts';
import { seeds } from './poisson.ts';
import { SHORTEST_OUTPUT_TOKENS } from './reordering.ts';
import { certainRow, drawnRow } from './rows.ts';
import { serve } from './serve.ts';
import { tables } from './tables.ts';

const { figure, scenarios, memoryGb } = tables.tensorRtLlm;
const OUTPUT_TOKENS = 512;

/** What is printed for each number of requests. */
const PRINTED = { 32: tables.tensorRtLlm.requests32, 64: tables.tensorRtLlm.requests64 } as const;

/** Each series and the policy that stands for it. */
const SERIES = [
  { key: 'flover', name: 'Flover, time', policy: 'temporal-fusion' },
  { key: 'tensorRtLlm', name: 'TensorRT-LLM, time', policy: 'continuous-batching' },
] as const;

/** The comparison with TensorRT-LLM, whose model is not named: GPT-J stands for it. */
export function tensorRtLlmRows(
  fit: PublishedFit & PublishedEngine,
  draws: number,
): PublishedRow[] {
  return ([32, 64] as const).flatMap((requests) =>
    SERIES.flatMap(({ key, name, policy }) =>
      scenarios.map((scenario, i) => {
        const cell = {
          figure,
          model: fit.model,
          gpus: fit.gpus,
          quantity: name,
          column: `${requests} requests, ${scenario}`,
          unit: 's',
          published: PRINTED[requests][key][i]! / 1000,
        };
        return scenarioRow(cell, fit, { requests, policy, draws, ...readScenario(scenario) });
      }),
    ).concat(memoryRow(fit, requests)),
  );
}

interface Scenario {
  readonly random: boolean;
  readonly intervalMs: number;
}

/** Reads `len 512, 100 ms` or `random len, 0 ms`. */
function readScenario(scenario: string): Scenario {
  return {
    random: scenario.startsWith('random'),
    intervalMs: Number(/, (\d+) ms$/.exec(scenario)![1]),
  };
}

function scenarioRow(
  cell: Parameters<typeof certainRow>[0],
  fit: PublishedEngine,
  run: Scenario & { readonly requests: number; readonly policy: string; readonly draws: number },
): PublishedRow {
  const costModel = publishedCostModel(fit);
  const time = (seed: number) =>
    serve({
      costModel,
      policy: run.policy,
      requests: run.requests,
      arrivals: { kind: 'constant', intervalMs: run.intervalMs },
      output: run.random
        ? { kind: 'uniform', minTokens: SHORTEST_OUTPUT_TOKENS, maxTokens: OUTPUT_TOKENS }
        : { kind: 'fixed', tokens: OUTPUT_TOKENS },
      maxOutputTokens: OUTPUT_TOKENS,
      seed,
    }).makespanSeconds!;
  return run.random ? drawnRow(cell, seeds(run.draws).map(time)) : certainRow(cell, time(1));
}

/** Weights, and a slot of full length for every request. */
function memoryRow({ model, gpus }: PublishedEngine, requests: 32 | 64): PublishedRow {
  const shape = publishedShape(model);
  const slots = requests * OUTPUT_TOKENS * kvBytesPerToken(shape, 'f16');
  const cell = {
    figure,
    model,
    gpus,
    quantity: 'Flover, memory',
    column: `${requests} requests`,
    unit: 'GB',
    published: memoryGb.flover[memoryGb.requests.indexOf(requests)]!,
  };
  return certainRow(cell, (weightBytes(shape, 'f16') + slots) / 1e9);
}
