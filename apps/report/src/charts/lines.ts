import { scaleLinear, scaleLog } from 'd3';
import { bottomAxis, leftAxis, type NumberScale } from '../marks/axis.ts';
import { number, withUnit } from '../marks/format.ts';
import { bandEntry, legend, seriesEntries, type World, worldEntries } from '../marks/legend.ts';
import { h, type Mark } from '../marks/mark.ts';
import { point, type Series, seriesClass } from '../marks/symbols.ts';
import { zeroLogScale } from '../marks/zero-log-scale.ts';
import { chart, panels, panelTitle, roomFor } from './chart.ts';

export interface LinePoint {
  readonly x: number;
  readonly y: number;
  /** Ends of an interval about y; null where there is none. */
  readonly low: number | null;
  readonly high: number | null;
}

export interface ChartLine {
  readonly label: string;
  readonly series: number;
  readonly world: World;
  /** Ascending in x. */
  readonly points: readonly LinePoint[];
}

export interface LinePanel {
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly ChartLine[];
  /** From 0 on, however wide the values are spread. */
  readonly linear?: boolean;
  /** Values are differences: their axis is linear, and reaches as far as their intervals about 0. */
  readonly signed?: boolean;
}

const HEIGHT = 230;
/** Values spread over more than this factor are drawn on a logarithmic axis. */
const LOG_FROM = 16;

/** A quantity over another one, a line a policy: solid real, dashed simulated; bands are intervals. */
export function lines(
  data: readonly LinePanel[],
  options: { readonly series: readonly Series[]; readonly xTitle: string; readonly title: string },
): Mark {
  const all = data.flatMap((panel) => panel.lines);
  const worlds = new Set(all.map(({ world }) => world));
  const left = roomFor(
    data.flatMap(farthest).map((value) => number(value * 1.15)),
    52,
  );
  const hasBands = all.some(({ points }) => points.some(({ low }) => low !== null));
  const key = legend(
    [
      ...seriesEntries(options.series, worlds.has('real') ? 'real' : 'simulated'),
      ...worldEntries(worlds, 'lines'),
      ...(hasBands ? [bandEntry('95 % confidence interval of the mean')] : []),
    ],
    left,
    12,
  );
  const grid = panels(data.length, {
    // Four stand two by two.
    columns: data.length === 4 ? 2 : Math.min(3, Math.max(2, data.length)),
    ...{ height: HEIGHT, gap: left + 4, left, top: 62 + key.height, below: 74 },
  });
  return chart(
    'lines',
    grid.total,
    options.title,
    key.mark,
    data.map((panel, i) => {
      const { x, y } = grid.at(i);
      const content = drawPanel(panel, options.xTitle, grid.width);
      return h('g', { class: 'panel', transform: `translate(${x},${y})` }, content);
    }),
  );
}

function drawPanel(panel: LinePanel, xTitle: string, width: number): Mark[] {
  const points = panel.lines.flatMap((line) => line.points);
  const x = xScale(
    points.map((p) => p.x),
    [0, width],
  );
  const y = yScale(valuesOf(panel), [HEIGHT, 0], panel.linear || panel.signed);
  return [
    h('text', { class: 'panel-title', y: -14 }, panelTitle(panel)),
    bottomAxis(x, HEIGHT, { ticks: 5, format: number, grid: HEIGHT, label: xTitle }),
    leftAxis(y, 0, { ticks: 4, format: number, grid: width }),
    ...(panel.signed ? [h('line', { class: 'zero', x2: width, y1: y(0), y2: y(0) })] : []),
    ...panel.lines.flatMap((line) => drawBand(line, x, y)),
    // What was really run lies on top, and smaller: where both agree it is ringed.
    ...(['simulated', 'real'] as const).flatMap((world) =>
      panel.lines
        .filter((line) => line.world === world)
        .map((line) => drawLine(line, panel, xTitle, { x, y })),
    ),
  ];
}

/** Ends of the values, whose numbers stand before the drawing. */
function farthest({ lines, signed }: LinePanel): number[] {
  const points = lines.flatMap((line) => line.points);
  return points.flatMap((p) => [p.high ?? p.y, ...(signed ? [p.low ?? p.y] : [])]);
}

/** What the axis of values is to hold. */
function valuesOf({ lines, signed }: LinePanel): number[] {
  const points = lines.flatMap((line) => line.points);
  if (signed) return [0, ...points.flatMap((p) => [p.low ?? p.y, p.high ?? p.y])];
  // The lower end of an interval may lie below 0, which no logarithmic axis shows.
  return points.flatMap((p) => [p.y, p.high ?? p.y]);
}

/** Logarithmic where the values are spread wide, also beside a 0; else from the least to the largest. */
function xScale(values: readonly number[], range: [number, number]): NumberScale {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (isWide(low, high)) return scaleLog([low / 1.15, high * 1.15], range);
  const positive = Math.min(...values.filter((value) => value > 0));
  if (low === 0 && isWide(positive, high)) return zeroLogScale(positive, high, range);
  const margin = (high - low || Math.abs(high) || 1) * 0.05;
  return scaleLinear([low - margin, high + margin], range);
}

/** Logarithmic where the values are spread wide and `linear` does not ask for more; else from 0. */
function yScale(values: readonly number[], range: [number, number], linear = false): NumberScale {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (!linear && isWide(low, high)) return scaleLog([low / 1.15, high * 1.15], range);
  if (low >= 0) return scaleLinear([0, high * 1.06 || 1], range);
  const margin = (high - low || Math.abs(high)) * 0.05;
  return scaleLinear([low - margin, high + margin], range);
}

function isWide(low: number, high: number): boolean {
  return low > 0 && high / low > LOG_FROM;
}

function drawBand(line: ChartLine, x: NumberScale, y: NumberScale): Mark[] {
  const known = line.points.filter(({ low, high }) => low !== null && high !== null);
  if (known.length === 0) return [];
  const bottom = Math.min(...y.domain());
  const corner = (p: LinePoint, value: number) =>
    `${x(p.x).toFixed(1)},${y(Math.max(bottom, value)).toFixed(1)}`;
  const upper = known.map((p) => corner(p, p.high!));
  const lower = known.map((p) => corner(p, p.low!)).reverse();
  const shape = { class: `interval ${seriesClass(line.series)}` };
  return [h('polygon', { ...shape, points: [...upper, ...lower].join(' ') })];
}

function drawLine(
  line: ChartLine,
  panel: LinePanel,
  xTitle: string,
  { x, y }: { readonly x: NumberScale; readonly y: NumberScale },
): Mark {
  const { points, world, series, label } = line;
  const beside = panel.lines.some((other) => other.label === label && other.world !== world);
  const area = !beside ? 38 : world === 'real' ? 24 : 68;
  const path = points.map(
    (p, i) => `${i === 0 ? 'M' : 'L'}${x(p.x).toFixed(1)},${y(p.y).toFixed(1)}`,
  );
  const tip = (p: LinePoint) => {
    const value = withUnit(p.y, panel.unit);
    const interval =
      p.low === null || p.high === null ? '' : ` (${number(p.low)} to ${number(p.high)})`;
    return `${label}, ${world}: ${panel.title} ${value}${interval} at ${xTitle} ${number(p.x)}`;
  };
  return h(
    'g',
    {},
    h('path', { class: `line ${world} ${seriesClass(series)}`, d: path.join('') }),
    points.map((p) =>
      point(series, x(p.x), y(p.y), {
        className: world,
        area,
        tip: tip(p),
      }),
    ),
  );
}
