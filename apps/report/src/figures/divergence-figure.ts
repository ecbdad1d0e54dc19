import { type LoadPanel, loadPanels } from '../charts/load-panels.ts';
import type { PredictedCell, PredictedCells } from '../facts/both-worlds.ts';
import { number, percent } from '../marks/format.ts';
import { inOrder } from '../marks/symbols.ts';
import type { Figure } from './figure.ts';
import { LOAD_TITLE } from './residuals-figure.ts';

type Compared = PredictedCell & { readonly share: number; readonly laneShare: number };

/** Where simulator and engine first decide differently; none where it was not looked for. */
export function divergenceFigure({ cells, names }: PredictedCells): Figure | undefined {
  const compared = cells.flatMap((one): Compared[] => {
    const { divergence } = one.cell;
    if (divergence === undefined) return [];
    const lanes = divergence.lanes.map(({ shareBefore }) => shareBefore);
    const laneShare = 100 * Math.min(1, ...lanes);
    return [{ ...one, share: 100 * divergence.shareBefore, laneShare }];
  });
  if (compared.length === 0) return undefined;
  const panel = (title: string, key: 'share' | 'laneShare'): LoadPanel => ({
    title,
    points: compared.map((one) => ({
      ...{ series: one.series, hollow: one.saturated, x: one.loadPercent, y: one[key] },
      interval: null,
      tip: `${one.name}: ${percent(one[key])} of iterations alike before the first difference${where(one)}`,
    })),
  });
  const data = [
    panel('Iterations alike before the first difference, all lanes', 'share'),
    panel('The same, each lane by itself (the worst of them)', 'laneShare'),
  ];
  const finding = sentence(compared);
  return {
    id: 'divergence',
    title: 'First divergent iteration',
    finding,
    note: 'A run at 100 % was decided alike to its end. Lanes may interleave differently while each does the same for longer. Iterations are compared on everything but their time: rows, ranges, moves, places. Hollow marks: saturated.',
    drawing: loadPanels(data, {
      series: inOrder(names),
      xTitle: LOAD_TITLE,
      y: 'share',
      title: finding,
    }),
    table: {
      caption: 'The first iteration in which the simulator decides otherwise than the engine',
      columns: ['Run', 'Load, %', 'Iterations', 'First', 'Alike before, %', 'Difference'],
      rows: compared.map(({ name, loadPercent, cell, share }) => {
        const { real, first } = cell.divergence!;
        return [name, loadPercent, real, first?.index ?? null, share, differenceOf(cell)];
      }),
    },
  };
}

function differenceOf({ divergence }: PredictedCell['cell']): string {
  const differences = divergence?.first?.differences ?? [];
  const more = differences.length > 1 ? ` (and ${differences.length - 1} more)` : '';
  return differences.length === 0 ? 'none' : `${differences[0]}${more}`;
}

function where({ cell }: Compared): string {
  const first = cell.divergence?.first;
  return first === undefined ? '' : `, iteration ${first.index}: ${differenceOf(cell)}`;
}

function sentence(compared: readonly Compared[]): string {
  const alike = compared.filter(({ cell }) => cell.divergence!.first === undefined);
  const inLanes = compared.filter(({ laneShare }) => laneShare === 100);
  const count = `${number(alike.length)} of ${number(compared.length)} runs`;
  const lanes = `lane by lane in ${number(inLanes.length)}`;
  const earliest = compared
    .filter(({ cell }) => cell.divergence!.first !== undefined)
    .sort((a, b) => a.share - b.share)[0];
  const rest = earliest
    ? `; the earliest difference is in iteration ${earliest.cell.divergence!.first!.index} (${earliest.name})`
    : '';
  return `The simulator decided every iteration as the engine did in ${count}, ${lanes}${rest}.`;
}
