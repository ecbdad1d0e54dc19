import { scaleLinear } from 'd3';
import { bottomAxis, type NumberScale } from '../marks/axis.ts';
import { number, signedPercent, withUnit } from '../marks/format.ts';
import { intervalEntry, type LegendEntry, legend, worldEntries } from '../marks/legend.ts';
import { type Child, h, type Mark } from '../marks/mark.ts';
import { point } from '../marks/symbols.ts';
import { chart, panels, panelTitle, roomFor } from './chart.ts';

export interface DotPlotRow {
  readonly label: string;
  readonly series: number;
  readonly simulated: number | null;
  readonly real: number | null;
  /** About the simulated value. */
  readonly interval?: { readonly low: number; readonly high: number; readonly level: number };
}

export interface DotPlotPanel {
  readonly title: string;
  readonly unit: string;
  readonly better: 'lower' | 'higher' | 'neither';
  /** Values are differences, about 0. */
  readonly signed?: boolean;
  readonly rows: readonly DotPlotRow[];
}

const ROW = 26;
const LEAST_LEFT = 158;

/** What an interval claims: to hold the real value, or the mean over more seeds. */
export type IntervalKind = 'prediction' | 'confidence';

/** Small multiples: a row a policy, a hollow mark for the simulator and a filled one for the engine. */
export function dotPlot(
  data: readonly DotPlotPanel[],
  title: string,
  intervals: IntervalKind = 'prediction',
): Mark {
  const rows = data[0]?.rows.length ?? 0;
  const columns = [2, 4].includes(data.length) ? 2 : 3;
  const left = roomFor(
    (data[0]?.rows ?? []).map(({ label }) => label),
    LEAST_LEFT,
  );
  const options = { columns, height: rows * ROW, gap: 64, left, top: 62, below: 78 };
  const grid = panels(data.length, options);
  const key = legend(
    signs(
      data.flatMap((panel) => panel.rows),
      intervals,
    ),
    left,
    12,
  );
  return chart(
    'dot-plot',
    grid.total - 18,
    title,
    key.mark,
    data.map((panel, i) => {
      const { x, y } = grid.at(i);
      const options = { width: grid.width, labels: i % columns === 0, intervals };
      return h(
        'g',
        { class: 'panel', transform: `translate(${x},${y})` },
        drawPanel(panel, options),
      );
    }),
  );
}

/** The worlds that are drawn, and the interval where there is one. */
function signs(rows: readonly DotPlotRow[], kind: IntervalKind): LegendEntry[] {
  const worlds = (['real', 'simulated'] as const).filter((world) =>
    rows.some((row) => row[world] !== null),
  );
  const level = rows.find(({ interval }) => interval)?.interval?.level;
  const name = `${number((level ?? 0) * 100)} % ${kind} interval${kind === 'confidence' ? ' of the mean' : ''}`;
  return [
    ...worldEntries(new Set(worlds), 'marks'),
    ...(level === undefined ? [] : [intervalEntry(name)]),
  ];
}

interface PanelOptions {
  readonly width: number;
  readonly labels: boolean;
  readonly intervals: IntervalKind;
}

function drawPanel(panel: DotPlotPanel, options: PanelOptions): Child[] {
  const { width } = options;
  const height = panel.rows.length * ROW;
  const scale = scaleFor(panel, [0, width - 62]);
  const [title, note] = [panelTitle(panel), noteOf(panel)];
  // Beside a long title there is no room for it.
  const noteY = 7.4 * title.length + 5.6 * note.length + 6 < width ? -14 : height + 34;
  return [
    h('text', { class: 'panel-title', y: -14 }, title),
    h('text', { class: 'panel-note', x: width, y: noteY, 'text-anchor': 'end' }, note),
    bottomAxis(scale, height, { ticks: ticksThatFit(scale), format: number, grid: height }),
    panel.signed ? h('line', { class: 'zero', x1: scale(0), x2: scale(0), y2: height }) : null,
    ...panel.rows.map((row, i) => drawRow(row, i, panel, { scale, ...options })),
  ];
}

function noteOf({ better }: DotPlotPanel): string {
  return better === 'neither' ? '' : `${better} is better`;
}

/** From 0 on; differences as far on either side of it as their intervals reach. */
function scaleFor({ rows, signed }: DotPlotPanel, range: [number, number]): NumberScale {
  const highs = rows.flatMap((row) => [
    ...[row.simulated ?? 0, row.real ?? 0, row.interval?.high ?? 0],
  ]);
  const lows = signed ? rows.map((row) => row.interval?.low ?? row.simulated ?? 0) : [];
  const low = Math.min(0, ...lows);
  const high = Math.max(...highs, low < 0 ? 0 : 1e-9);
  return scaleLinear([low * 1.04, high * 1.04], range).nice(4);
}

/** About four ticks, or fewer where their numbers would touch. */
function ticksThatFit(scale: NumberScale): number {
  const ends = scale.domain().map((end) => number(end).length);
  const widest = 6.5 * Math.max(...ends) + 8;
  const fits = (count: number) => scale.ticks(count).length * widest <= scale.range()[1]! + widest;
  return [4, 3, 2].find(fits) ?? 1;
}

function drawRow(
  row: DotPlotRow,
  index: number,
  panel: DotPlotPanel,
  { scale, width, labels, intervals }: PanelOptions & { scale: NumberScale },
): Mark {
  const y = index * ROW + ROW / 2;
  const { simulated, real } = row;
  const error = simulated !== null && real ? (100 * (simulated - real)) / real : null;
  const tip = (world: string, value: number) =>
    `${row.label}, ${world}: ${panel.title} ${withUnit(value, panel.unit)}`;
  return h(
    'g',
    { class: 'row' },
    labels
      ? h('text', { class: 'label', x: -15, y, dy: '0.32em', 'text-anchor': 'end' }, row.label)
      : null,
    simulated !== null && real !== null
      ? h('line', { class: 'pair', x1: scale(simulated), x2: scale(real), y1: y, y2: y })
      : null,
    row.interval ? drawInterval(row, panel, y, { scale, kind: intervals }) : null,
    // The engine's mark is the smaller one and lies on top: where both agree it is ringed.
    simulated === null
      ? null
      : point(row.series, scale(simulated), y, {
          className: 'simulated',
          area: 84,
          tip: tip('simulated', simulated),
        }),
    real === null
      ? null
      : point(row.series, scale(real), y, { className: 'real', area: 38, tip: tip('real', real) }),
    h(
      'text',
      { class: 'value', x: width, y, dy: '0.32em', 'text-anchor': 'end' },
      error === null ? withUnit(real ?? simulated, '') : signedPercent(error),
    ),
  );
}

/** From end to end of what was predicted, with a stop at each. */
function drawInterval(
  { interval, label }: DotPlotRow,
  panel: DotPlotPanel,
  y: number,
  { scale, kind }: { scale: NumberScale; kind: IntervalKind },
): Mark {
  const { low, high, level } = interval!;
  const [left, right] = [
    scale(Math.max(scale.domain()[0]!, low)).toFixed(1),
    scale(high).toFixed(1),
  ];
  const range = `${withUnit(low, panel.unit)} to ${withUnit(high, panel.unit)}`;
  return h('path', {
    class: 'expected',
    d: `M${left},${y - 5}v10m0,-5H${right}m0,-5v10`,
    'data-tip':
      kind === 'prediction'
        ? `${label}: ${panel.title} expected in ${range} with ${number(level * 100)} %`
        : `${label}: ${number(level * 100)} % confidence interval of the mean ${panel.title}, ${range}`,
  });
}
