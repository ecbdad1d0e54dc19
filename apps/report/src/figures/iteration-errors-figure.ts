import type { ErrorStatistics, IterationClass } from '@flover/metrics';
import { type LoadPanel, loadPanels } from '../charts/load-panels.ts';
import type { PredictedCell, PredictedCells } from '../facts/both-worlds.ts';
import { number, percent, signedPercent } from '../marks/format.ts';
import { inOrder } from '../marks/symbols.ts';
import type { Figure } from './figure.ts';
import { LOAD_TITLE } from './residuals-figure.ts';

const CLASSES: readonly IterationClass[] = ['decode', 'prefill', 'mixed'];

interface Entry {
  readonly cell: PredictedCell;
  readonly kind: IterationClass;
  readonly errors: ErrorStatistics;
  readonly bias: number;
}

/** Predicted against measured durations of the engine's own iterations, by what they compute. */
export function iterationErrorsFigure({ cells, names }: PredictedCells): Figure | undefined {
  const entries = cells.flatMap((cell) => CLASSES.flatMap((kind) => entryOf(cell, kind)));
  if (entries.length === 0) return undefined;
  const data = CLASSES.map((kind): LoadPanel => {
    const own = entries.filter((entry) => entry.kind === kind);
    const points = own.map(({ cell, errors, bias }) => ({
      ...{ series: cell.series, hollow: cell.saturated, x: cell.loadPercent, y: bias },
      interval: null,
      tip: `${cell.name}: ${number(errors.count)} ${kind} iterations, bias ${signedPercent(bias)}, mean size ${percent(errors.mapePercent ?? 0)}`,
    }));
    return { title: `${kind} iterations, bias in %`, points };
  }).filter(({ points }) => points.length > 0);
  const finding = sentence(entries);
  return {
    id: 'iteration-errors',
    title: 'Durations of single iterations',
    finding,
    note: 'Bias: the mean signed error of predicted durations, the engine’s decisions given. Prefill beside decode is measured as it ran, slowed down by its company. Hollow marks: saturated.',
    drawing: loadPanels(data, {
      series: inOrder(names),
      xTitle: LOAD_TITLE,
      y: 'error',
      title: finding,
    }),
    table: {
      caption: 'Errors of predicted durations, percent of the measured ones',
      columns: [
        'Run',
        'Load, %',
        'Iterations',
        'Count',
        'Bias, %',
        'Mean size, %',
        '99 % within, %',
      ],
      rows: entries.map(({ cell, kind, errors, bias }) => [
        ...[cell.name, cell.loadPercent, kind, errors.count, bias],
        ...[errors.mapePercent, errors.p99Percent],
      ]),
    },
  };
}

function entryOf(cell: PredictedCell, kind: IterationClass): Entry[] {
  const errors = cell.cell.iterationErrors?.[kind];
  const bias = errors?.biasPercent;
  return errors === undefined || bias === null || bias === undefined
    ? []
    : [{ cell, kind, errors, bias }];
}

function sentence(entries: readonly Entry[]): string {
  const decode = entries.filter(({ kind }) => kind === 'decode');
  const count = decode.reduce((sum, { errors }) => sum + errors.count, 0);
  const weighted = (key: 'biasPercent' | 'mapePercent') =>
    decode.reduce((sum, { errors }) => sum + (errors[key] ?? 0) * errors.count, 0) / count;
  if (count === 0) return `Durations of iterations were predicted in ${entries.length} runs.`;
  return (
    `Over ${number(count)} decode iterations the predicted duration has a bias of ` +
    `${signedPercent(weighted('biasPercent'))} and is off by ${percent(weighted('mapePercent'))} on average.`
  );
}
