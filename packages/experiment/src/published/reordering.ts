import type { PublishedFit, PublishedRow } from '@flover/metrics';
import { type PublishedEngine, publishedCostModel } from './cost-model.ts';
import { seeds } from './poisson.ts';
import { certainRow, drawnRow } from './rows.ts';
import { serve } from './serve.ts';
import { tables } from './tables.ts';

const { figure, requests, maxOutputTokens, models } = tables.memoryReordering;
const { intervalMs } = tables.constantInterval;

/** Shortest of the published random outputs, tokens. */
export const SHORTEST_OUTPUT_TOKENS = 128;

/** Draws of the baseline: every token of every request has an iteration of its own. */
const BASELINE_DRAWS = 12;

/** The models of the reordering table. */
export type ReorderedModel = keyof typeof models;

/**
 * The memory reordering table: random output lengths, with and without.
 *
 * Without reordering the published program gives every request the longest length (its configuration
 * file says so), so nothing is drawn there.
 */
export function reorderingRows(fit: PublishedFit & PublishedEngine, draws: number): PublishedRow[] {
  const published = models[fit.model as ReorderedModel];
  const costModel = publishedCostModel(fit);
  const arrivals = { kind: 'constant', intervalMs } as const;
  return maxOutputTokens.flatMap((longest, i) => {
    const common = { costModel, requests, arrivals, maxOutputTokens: longest };
    const random = {
      kind: 'uniform',
      minTokens: SHORTEST_OUTPUT_TOKENS,
      maxTokens: longest,
    } as const;
    const cell = (quantity: string, seconds: number) => ({
      figure,
      model: fit.model,
      gpus: fit.gpus,
      quantity,
      column: `up to ${longest} tokens`,
      unit: 's',
      published: seconds,
    });
    const time = (policy: string, seed: number) =>
      serve({ ...common, policy, reordering: 'flover', output: random, seed }).makespanSeconds!;
    const without = serve({
      ...common,
      policy: 'temporal-fusion',
      reordering: 'off',
      output: { kind: 'fixed', tokens: longest },
      seed: 1,
    });
    return [
      certainRow(
        cell('Flover without reordering', published.floverWithout[i]!),
        without.makespanSeconds!,
      ),
      drawnRow(
        cell('Flover with reordering', published.floverWith[i]!),
        seeds(draws).map((seed) => time('temporal-fusion', seed)),
      ),
      drawnRow(
        cell('FasterTransformer (one after another)', published.fasterTransformer[i]!),
        seeds(Math.min(draws, BASELINE_DRAWS)).map((seed) => time('sequential', seed)),
      ),
    ];
  });
}
