import { metricDefinition } from '@flover/metrics';
import { scatter } from '../charts/scatter.ts';
import { AIMS } from '../facts/aims.ts';
import { cellErrorPercent, judgedCells, type PredictedCells } from '../facts/both-worlds.ts';
import { countWord, number, percent, signedPercent } from '../marks/format.ts';
import { inOrder } from '../marks/symbols.ts';
import type { Figure } from './figure.ts';

/** Simulated over real metrics of all runs that were predicted. */
export function parityScatterFigure({ cells, names }: PredictedCells): Figure {
  const data = AIMS.map(({ key, percent: band }) => {
    const { label, unit } = metricDefinition(key)!;
    const points = cells.flatMap(({ name, series, simulated, real }) => {
      const [s, r] = [simulated.metrics.values[key], real.metrics.values[key]];
      return s && r ? [{ name, series, simulated: s, real: r }] : [];
    });
    return { title: label, unit, band: band / 100, points };
  }).filter(({ points }) => points.length > 0);
  const finding = sentence({ cells, names });
  return {
    id: 'parity-scatter',
    title: 'Predicted and measured',
    finding,
    note: 'A point is a policy on one draw of a workload. On the diagonal the two worlds agree; the band about it is the aim: 1 % for TPOT, 2 % for E2E and makespan, 4 % for median TTFT, 5 % for 99th percentiles.',
    drawing: scatter(data, inOrder(names), finding),
    table: {
      caption: 'Metrics of every run that was predicted',
      columns: ['Run', 'Series', 'Metric', 'Unit', 'Simulated', 'Real', 'Error, %', 'Aim, %'],
      rows: cells.flatMap((cell) =>
        AIMS.map(({ key, percent: aim }) => [
          ...[cell.name, names[cell.series]!, key, metricDefinition(key)!.unit],
          cell.simulated.metrics.values[key],
          ...[cell.real.metrics.values[key], cellErrorPercent(cell, key), aim],
        ]),
      ),
    },
  };
}

function sentence({ cells }: PredictedCells): string {
  const { judged, words } = judgedCells(cells);
  const errors = judged.flatMap((cell) => {
    const error = cellErrorPercent(cell, 'e2eMsMean');
    return error === null ? [] : [{ name: cell.name, error }];
  });
  if (errors.length === 0) return `In ${countWord(cells.length)} runs no request was served.`;
  const ordered = [...errors].sort((a, b) => Math.abs(a.error) - Math.abs(b.error));
  const half = ordered[Math.ceil(ordered.length / 2) - 1]!;
  const worst = ordered.at(-1)!;
  if (ordered.length === 1) {
    return `In one run${words}, ${worst.name}, the predicted mean E2E latency is off by ${signedPercent(worst.error)}.`;
  }
  return (
    `Over ${number(errors.length)} runs that were predicted${words}, half of the mean E2E latencies are off by ` +
    `${percent(half.error)} or less, and the worst by ${signedPercent(worst.error)} (${worst.name}).`
  );
}
