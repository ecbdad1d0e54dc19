import type { MetricKey, MetricValues, PublishedFit, PublishedRow } from '@flover/metrics';
import type { CostModel } from '@flover/simulator';
import { type PublishedEngine, publishedCostModel } from './cost-model.ts';
import { type Cell, certainRow, drawnRow } from './rows.ts';
import { baselines, serve } from './serve.ts';
import { tables } from './tables.ts';

const { figure, requests, outputTokens, meanIntervalMs, ...columns } = tables.poisson;

/** Draws of the baselines, which run all iterations one by one and differ little. */
const BASELINE_DRAWS = 12;

/** Figure 8: GPT-J, Poisson arrivals at fourteen mean intervals; a row for each printed number. */
export function poissonRows(fit: PublishedFit & PublishedEngine, draws: number): PublishedRow[] {
  return meanIntervalMs.flatMap((interval, i) => {
    const column = new Column(fit, interval);
    const fused = seeds(draws).map((seed) => column.run(seed, 'temporal-fusion', {}));
    return [...overlapRows(column, fused, i), ...speedUpRows(column, fused, i)];
  });
}

/** How much of the requests' work temporal fusion brings together. */
export function overlapRows(
  column: Column,
  fused: readonly MetricValues[],
  i: number,
): PublishedRow[] {
  const iterations = columns.totalIterations[i]!;
  const overlap = columns.overlapPercent[i]!;
  const overlapped = columns.meanOverlappedRequests[i]!;
  const all = (key: MetricKey) => fused.map((run) => run[key]!);
  return [
    drawnRow(column.cell('total iterations', 'iterations', iterations), all('decodeIterations')),
    drawnRow(
      column.cell('overlap', 'percent', overlap),
      all('overlap').map((share) => 100 * share),
    ),
    certainRow(
      column.cell('overlap, given the published iterations', 'percent', overlap),
      (100 * outputTokens) / iterations,
    ),
    drawnRow(
      column.cell('mean overlapped requests', 'requests', overlapped),
      all('activeRequestsMean'),
    ),
  ];
}

function speedUpRows(column: Column, fused: readonly MetricValues[], i: number): PublishedRow[] {
  const published = columns.speedupOverFasterTransformer[i]!;
  return baselines.map(({ name, policy, parametersFor }) => {
    const cell = column.cell(`speed-up over FasterTransformer (${name})`, 'ratio', published);
    const speedUps = fused.slice(0, BASELINE_DRAWS).map(({ makespanSeconds }, draw) => {
      const baseline = column.run(draw + 1, policy, parametersFor(requests));
      return baseline.makespanSeconds! / makespanSeconds!;
    });
    return drawnRow(cell, speedUps);
  });
}

/** A column of the figure: one mean interval. */
export class Column {
  readonly #fit: PublishedEngine;
  readonly #meanIntervalMs: number;
  readonly #costModel: CostModel;

  constructor(fit: PublishedEngine, meanIntervalMs: number) {
    this.#fit = fit;
    this.#meanIntervalMs = meanIntervalMs;
    this.#costModel = publishedCostModel(fit);
  }

  run(seed: number, policy: string, parameters: Readonly<Record<string, number>>): MetricValues {
    return serve({
      costModel: this.#costModel,
      policy,
      parameters,
      requests,
      arrivals: { kind: 'poisson', meanIntervalMs: this.#meanIntervalMs },
      output: { kind: 'fixed', tokens: outputTokens },
      maxOutputTokens: outputTokens,
      seed,
    });
  }

  cell(quantity: string, unit: string, published: number): Cell {
    const { model, gpus } = this.#fit;
    return { figure, model, gpus, quantity, column: `${this.#meanIntervalMs} ms`, unit, published };
  }
}

/** Seeds 1 to `count`. */
export function seeds(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}
