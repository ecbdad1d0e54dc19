import type { PublishedFit, PublishedRow } from '@flover/metrics';
import { type PublishedEngine, publishedCostModel } from './cost-model.ts';
import { certainRow } from './rows.ts';
import { baselines, serve } from './serve.ts';
import { tables } from './tables.ts';

type Fit = PublishedFit & PublishedEngine;

const { intervalMs, outputTokens, requests: columns, models } = tables.constantInterval;

/** Figures 4a and 4c: requests at a constant interval. */
export function constantIntervalRows(fit: Fit): PublishedRow[] {
  const published = models[fit.model];
  return columns.flatMap((requests, i) => {
    const about = {
      figure: '4a',
      model: fit.model,
      gpus: fit.gpus,
      column: `${requests} requests`,
    };
    const fusion = run(fit, requests, 'temporal-fusion', {});
    const time = certainRow(
      { ...about, quantity: 'Flover, time', unit: 's', published: published.flover[i]! },
      fusion.makespanSeconds!,
      requests === 1,
    );
    const speedUps = baselines.map(({ name, policy, parametersFor }) => {
      const baseline = run(fit, requests, policy, parametersFor(requests));
      const cell = {
        ...about,
        quantity: `speed-up over FasterTransformer (${name})`,
        unit: 'ratio',
        published: published.speedupOverFasterTransformer[i]!,
      };
      return certainRow(cell, baseline.makespanSeconds! / fusion.makespanSeconds!);
    });
    return [time, ...speedUps, ...inflationRows(fit, requests, fusion.e2eMsMean! / 1000)];
  });
}

function inflationRows(fit: Fit, requests: number, meanSeconds: number): PublishedRow[] {
  const { figure, requests: inflated, models: inflations } = tables.latencyInflation;
  const published = inflations[fit.model][inflated.indexOf(requests)];
  if (published === undefined) return [];
  const cell = {
    figure,
    model: fit.model,
    gpus: fit.gpus,
    quantity: 'mean latency / latency alone',
    column: `${requests} requests`,
    unit: 'ratio',
    published,
  };
  return [certainRow(cell, meanSeconds / fit.singleRequestSeconds)];
}

function run(
  fit: Fit,
  requests: number,
  policy: string,
  parameters: Readonly<Record<string, number>>,
) {
  return serve({
    costModel: publishedCostModel(fit),
    policy,
    parameters,
    requests,
    arrivals: { kind: 'constant', intervalMs },
    output: { kind: 'fixed', tokens: outputTokens },
    maxOutputTokens: outputTokens,
    seed: 1,
  });
}
