import { scaleLinear } from 'd3';
import { bottomAxis, leftAxis, type NumberScale } from '../marks/axis.ts';
import { errorScale, signedTick } from '../marks/error-scale.ts';
import { number } from '../marks/format.ts';
import { bandEntry, intervalEntry, legend, markEntry, seriesEntries } from '../marks/legend.ts';
import { type Child, h, type Mark } from '../marks/mark.ts';
import { point, type Series, seriesClass } from '../marks/symbols.ts';
import { chart, panels } from './chart.ts';

export interface LoadPoint {
  readonly series: number;
  readonly hollow: boolean;
  /** Percent. */
  readonly x: number;
  readonly y: number;
  /** Where y was expected; null where nothing was claimed. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly tip: string;
}

export interface LoadPanel {
  readonly title: string;
  readonly points: readonly LoadPoint[];
  /** Half-width of a band about 0, percent. */
  readonly band?: number;
}

export interface LoadOptions {
  readonly series: readonly Series[];
  readonly xTitle: string;
  /** Signed errors about 0, near 0 linear and logarithmic beyond; or shares from 0 to 100. */
  readonly y: 'error' | 'share';
  readonly title: string;
}

const HEIGHT = 190;

/** A point a run over its load, a panel a metric; whiskers are intervals. */
export function loadPanels(data: readonly LoadPanel[], options: LoadOptions): Mark {
  const all = data.flatMap(({ points }) => points);
  const signs = [
    ...seriesEntries(options.series),
    ...(all.some(({ hollow }) => hollow) ? [markEntry('saturated', 'simulated')] : []),
    ...(all.some(({ interval }) => interval) ? [intervalEntry('prediction interval')] : []),
    ...(data.some(({ band }) => band !== undefined) ? [bandEntry('aim')] : []),
  ];
  const key = legend(signs, 52, 12);
  const grid = panels(data.length, {
    columns: Math.min(3, Math.max(2, data.length)),
    ...{ height: HEIGHT, gap: 56, left: 52, top: 62 + key.height, below: 74 },
  });
  const right = Math.max(...data.flatMap(({ points }) => points.map((p) => p.x)), 10);
  const x = scaleLinear([0, right * 1.05], [0, grid.width]);
  const content = data.map((panel, i) => {
    const { x: left, y: top } = grid.at(i);
    const marks = drawPanel(panel, x, grid.width, options);
    return h('g', { class: 'panel', transform: `translate(${left},${top})` }, marks);
  });
  return chart('load-panels', grid.total, options.title, key.mark, content);
}

function drawPanel(
  panel: LoadPanel,
  x: NumberScale,
  width: number,
  { xTitle, y: kind }: LoadOptions,
): Child[] {
  const y = kind === 'share' ? scaleLinear([0, 100], [HEIGHT, 0]) : scaleOf(panel);
  const format = (value: number) => (kind === 'share' ? `${value} %` : signedTick(value));
  const { band } = panel;
  return [
    h('text', { class: 'panel-title', y: -14 }, panel.title),
    band === undefined
      ? []
      : [h('rect', { class: 'band', y: y(band), width, height: y(-band) - y(band) })],
    bottomAxis(x, HEIGHT, { ticks: 5, format: number, grid: HEIGHT, label: xTitle }),
    leftAxis(y, 0, { ticks: 9, format, grid: width }),
    kind === 'error' ? [h('line', { class: 'zero', x2: width, y1: y(0), y2: y(0) })] : [],
    panel.points.map((p) => drawPoint(p, x, y)),
  ].flat();
}

/** As far on both sides of 0 as the farthest point. */
function scaleOf({ points, band = 1 }: LoadPanel): NumberScale {
  const ends = points.flatMap(({ y, interval }) => [y, interval?.low ?? y, interval?.high ?? y]);
  return errorScale(1.15 * Math.max(band * 1.5, ...ends.map(Math.abs)), [HEIGHT, 0], 13);
}

function drawPoint(p: LoadPoint, x: NumberScale, y: NumberScale): Child {
  const className = p.hollow ? 'simulated' : 'real';
  const mark = point(p.series, x(p.x), y(p.y), { className, area: 40, tip: p.tip });
  if (p.interval === null) return mark;
  const ends = `M${x(p.x).toFixed(1)},${y(p.interval.low).toFixed(1)}V${y(p.interval.high).toFixed(1)}`;
  return [h('path', { class: `whisker ${seriesClass(p.series)}`, d: ends }), mark];
}
