import { metricDefinition } from '@flover/metrics';
import { type LoadPanel, loadPanels } from '../charts/load-panels.ts';
import { AIMS, type Aim } from '../facts/aims.ts';
import {
  cellErrorPercent,
  isUncalibrated,
  judgedCells,
  type PredictedCell,
  type PredictedCells,
  splitOf,
} from '../facts/both-worlds.ts';
import { SATURATION_RULE } from '../facts/saturation.ts';
import { countWord, listed, number, signedPercent } from '../marks/format.ts';
import { inOrder } from '../marks/symbols.ts';
import type { Figure } from './figure.ts';

/** What loads are drawn over, wherever runs of several experiments meet. */
export const LOAD_TITLE = 'mean active requests, % of places';

/** Signed errors of predictions over load, with the intervals that were claimed beforehand. */
export function residualsFigure({ cells, names }: PredictedCells): Figure {
  const data = AIMS.map(
    ({ key, percent }): LoadPanel => ({
      title: `${metricDefinition(key)!.label}, error in %`,
      band: percent,
      points: cells.flatMap((cell) => pointOf(cell, key)),
    }),
  ).filter(({ points }) => points.length > 0);
  const finding = sentence(cells);
  return {
    id: 'residuals',
    title: 'Errors over load',
    finding,
    note: `Load is the mean number of active requests as a share of the sequences that may be active at once. Bands: the aims. Whiskers: 90 % prediction intervals, where the cost model has them; they should cross the line of 0. Hollow marks: saturated, which is that ${SATURATION_RULE}. The axis is linear within ±1 % and logarithmic beyond.`,
    drawing: loadPanels(data, {
      series: inOrder(names),
      xTitle: LOAD_TITLE,
      y: 'error',
      title: finding,
    }),
    table: {
      caption: 'Signed errors over load, percent of the real value, with prediction intervals',
      columns: [
        ...['Run', 'Load, %', 'Saturated', 'Metric', 'Error, %', 'Aim, %'],
        ...['Interval low', 'Interval high', 'Real'],
      ],
      rows: cells.flatMap((cell) =>
        AIMS.map(({ key, percent }) => {
          const interval = splitOf(cell, key)?.interval;
          return [
            ...[cell.name, cell.loadPercent, cell.saturated ? 'yes' : 'no', key],
            ...[cellErrorPercent(cell, key), percent],
            ...[interval?.low ?? null, interval?.high ?? null],
            cell.real.metrics.values[key],
          ];
        }),
      ),
    },
  };
}

function pointOf(cell: PredictedCell, key: Aim['key']) {
  const y = cellErrorPercent(cell, key);
  const real = cell.real.metrics.values[key];
  if (y === null || !real) return [];
  const claimed = splitOf(cell, key)?.interval;
  const relative = (value: number) => (100 * (value - real)) / real;
  const interval = claimed ? { low: relative(claimed.low), high: relative(claimed.high) } : null;
  const expected = interval
    ? `, interval ${signedPercent(interval.low)} to ${signedPercent(interval.high)}`
    : '';
  const { label } = metricDefinition(key)!;
  const load = `${number(cell.loadPercent)} % of places`;
  const tip = `${cell.name}: ${label} ${signedPercent(y)}${expected} at ${load}`;
  const { series, loadPercent: x, saturated: hollow } = cell;
  return [{ series, hollow, x, y, interval, tip }];
}

function sentence(cells: readonly PredictedCell[]): string {
  const { judged, words } = judgedCells(cells);
  if (judged.every(isUncalibrated)) {
    return `All ${countWord(cells.length)} runs were predicted from data sheets; aims are for calibrated cost models.`;
  }
  const open = judged.filter(({ saturated }) => !saturated);
  const saturated = judged.length - open.length;
  const beside = saturated > 0 ? ` (leaving out ${countWord(saturated)} saturated)` : '';
  if (open.length === 0) {
    return `All ${countWord(judged.length)} runs${words} are saturated; aims are for lower loads.`;
  }
  const parts = AIMS.map(({ key, percent }) => {
    const errors = open.flatMap((cell) => cellErrorPercent(cell, key) ?? []);
    const met = errors.filter((error) => Math.abs(error) <= percent).length;
    return `${metricDefinition(key)!.label} in ${met} of ${errors.length}`;
  });
  return `Within the aim, of the runs below saturation${words}${beside}: ${listed(parts)}.`;
}
