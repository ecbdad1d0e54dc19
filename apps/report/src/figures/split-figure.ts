import { type MetricKey, metricDefinition } from '@flover/metrics';
import { type LoadPanel, type LoadPoint, loadPanels } from '../charts/load-panels.ts';
import { type PredictedCell, type PredictedCells, splitOf } from '../facts/both-worlds.ts';
import { number, signedPercent } from '../marks/format.ts';
import { inOrder } from '../marks/symbols.ts';
import type { Figure } from './figure.ts';
import { LOAD_TITLE } from './residuals-figure.ts';

const METRICS: readonly MetricKey[] = ['ttftMsP50', 'tpotMsMean', 'e2eMsMean', 'makespanSeconds'];
const PARTS = ['cost model: same decisions, other durations', 'decision divergence'] as const;

interface Parts {
  readonly cell: PredictedCell;
  readonly key: MetricKey;
  /** Percent of the real value. */
  readonly costModel: number;
  readonly divergence: number;
}

/** The two parts of every error over load; none where no error was split. */
export function splitFigure({ cells }: PredictedCells): Figure | undefined {
  const all = METRICS.map((key) => cells.flatMap((cell) => partsOf(cell, key)));
  if (all.flat().length === 0) return undefined;
  const data = METRICS.map((key, i): LoadPanel => {
    const title = `${metricDefinition(key)!.label}, part of the error in %`;
    return { title, points: all[i]!.flatMap((parts) => pointsOf(parts)) };
  }).filter(({ points }) => points.length > 0);
  const finding = sentence(all[METRICS.indexOf('e2eMsMean')]!);
  return {
    id: 'split',
    title: 'Wrong durations or other decisions',
    finding,
    note: 'Two marks a run, which add up to its error: what the cost model costs, the engine’s decisions given; and what comes of deciding otherwise. Hollow marks: saturated. The axis is linear within ±1 % and logarithmic beyond.',
    drawing: loadPanels(data, {
      series: inOrder(PARTS),
      xTitle: LOAD_TITLE,
      y: 'error',
      title: finding,
    }),
    table: {
      caption: 'Signed errors in their two parts, percent of the real value',
      columns: ['Run', 'Load, %', 'Metric', 'Cost model, %', 'Divergence, %', 'Both, %'],
      rows: all
        .flat()
        .map(({ cell, key, costModel, divergence }) => [
          ...[cell.name, cell.loadPercent, key],
          ...[costModel, divergence, costModel + divergence],
        ]),
    },
  };
}

function partsOf(cell: PredictedCell, key: MetricKey): Parts[] {
  const split = splitOf(cell, key);
  if (!split?.real || split.costModel === null || split.divergence === null) return [];
  const share = (value: number) => (100 * value) / split.real!;
  return [{ cell, key, costModel: share(split.costModel), divergence: share(split.divergence) }];
}

function pointsOf({ cell, key, costModel, divergence }: Parts): LoadPoint[] {
  const { name, loadPercent: x, saturated: hollow } = cell;
  const { label } = metricDefinition(key)!;
  const parts = `cost model ${signedPercent(costModel)}, divergence ${signedPercent(divergence)}`;
  const tip = `${name}: ${label} ${signedPercent(costModel + divergence)} = ${parts}`;
  return [costModel, divergence].map((y, series) => ({
    series,
    hollow,
    x,
    y,
    interval: null,
    tip,
  }));
}

function sentence(parts: readonly Parts[]): string {
  if (parts.length === 0) return 'In no run has the mean E2E latency two parts.';
  const byCost = parts.filter((p) => Math.abs(p.costModel) >= Math.abs(p.divergence));
  const worst = [...parts].sort((a, b) => Math.abs(b.divergence) - Math.abs(a.divergence))[0]!;
  return (
    `In ${number(byCost.length)} of ${number(parts.length)} runs the larger part of the error in mean E2E latency ` +
    `is the cost model’s; other decisions cost ${signedPercent(worst.divergence)} at most (${worst.cell.name}).`
  );
}
