import { type PublishedRow, quantile } from '@flover/metrics';

/** What one prediction is about. */
export type Cell = Pick<
  PublishedRow,
  'figure' | 'model' | 'gpus' | 'quantity' | 'column' | 'unit' | 'published'
>;

/** A row whose prediction has no chance in it. */
export function certainRow(cell: Cell, predicted: number, fitted = false): PublishedRow {
  const errorPercent = percent(predicted, cell.published);
  return { ...cell, predicted, low: null, high: null, errorPercent, fitted };
}

/** A row predicted by independent draws: their mean, and what holds 95 % of them. */
export function drawnRow(cell: Cell, draws: readonly number[]): PublishedRow {
  const sorted = Float64Array.from(draws).sort();
  const predicted = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
  return {
    ...cell,
    predicted,
    low: quantile(sorted, 0.025),
    high: quantile(sorted, 0.975),
    errorPercent: percent(predicted, cell.published),
    fitted: false,
  };
}

function percent(predicted: number, published: number): number {
  return (100 * (predicted - published)) / published;
}
