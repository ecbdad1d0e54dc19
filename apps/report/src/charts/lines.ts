import { scaleLinear, scaleLog } from 'd3';
import { bottomAxis, leftAxis, type NumberScale } from '../marks/axis.ts';
import { number, withUnit } from '../marks/format.ts';
import { bandEntry, legend, seriesEntries, type World, worldEntries } from '../marks/legend.ts';
import { h, type Mark } from '../marks/mark.ts';
import { point, type Series, seriesClass } from '../marks/symbols.ts';
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
    all.flatMap(({ points }) => points.map((p) => number((p.high ?? p.y) * 1.15))),
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
  const x = scaleFor(
    points.map((p) => p.x),
    [0, width],
    false,
  );
  // The lower end of an interval may lie below 0, which no logarithmic axis shows.
  const y = scaleFor(
    points.flatMap((p) => [p.y, p.high ?? p.y]),
    [HEIGHT, 0],
    true,
    panel.linear,
  );
  return [
    h('text', { class: 'panel-title', y: -14 }, panelTitle(panel)),
    bottomAxis(x, HEIGHT, { ticks: 5, format: number, grid: HEIGHT, label: xTitle }),
    leftAxis(y, 0, { ticks: 4, format: number, grid: width }),
    ...panel.lines.map((line) => drawBand(line, x, y)),
    // What was really run lies on top, and smaller: where both agree it is ringed.
    ...(['simulated', 'real'] as const).flatMap((world) =>
      panel.lines
        .filter((line) => line.world === world)
        .map((line) => drawLine(line, panel, xTitle, { x, y })),
    ),
  ];
}

/** Logarithmic where the values are spread wide; else from 0, or from the least value for x. */
function scaleFor(
  values: readonly number[],
  range: [number, number],
  fromZero: boolean,
  linear = false,
): NumberScale {
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (!linear && low > 0 && high / low > LOG_FROM)
    return scaleLog([low / 1.15, high * 1.15], range);
  const margin = (high - low || Math.abs(high) || 1) * 0.05;
  if (fromZero && low >= 0) return scaleLinear([0, high * 1.06 || 1], range);
  return scaleLinear([low - margin, high + margin], range);
}

function drawBand(line: ChartLine, x: NumberScale, y: NumberScale): Mark {
  const known = line.points.filter(({ low, high }) => low !== null && high !== null);
  const bottom = Math.min(...y.domain());
  const corner = (p: LinePoint, value: number) =>
    `${x(p.x).toFixed(1)},${y(Math.max(bottom, value)).toFixed(1)}`;
  const upper = known.map((p) => corner(p, p.high!));
  const lower = known.map((p) => corner(p, p.low!)).reverse();
  const shape = { class: `interval ${seriesClass(line.series)}` };
  return h('polygon', { ...shape, points: [...upper, ...lower].join(' ') });
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
