import { scaleLog } from 'd3';
import { bottomAxis, leftAxis } from '../marks/axis.ts';
import { number, signedPercent, withUnit } from '../marks/format.ts';
import { legend, seriesEntries } from '../marks/legend.ts';
import { h, type Mark } from '../marks/mark.ts';
import { point, type Series } from '../marks/symbols.ts';
import { chart, panels } from './chart.ts';

export interface ScatterPoint {
  /** What it stands for, such as a request or a run. */
  readonly name: string;
  readonly series: number;
  /** In the panel's unit, above 0. */
  readonly simulated: number;
  readonly real: number;
}

export interface ScatterPanel {
  readonly title: string;
  readonly unit: string;
  /** Half-width of the band about the identity line, as a share. */
  readonly band: number;
  readonly points: readonly ScatterPoint[];
}

const SIDE = 290;

/** Simulated over real values on equal logarithmic axes, with the identity line and a band. */
export function scatter(
  data: readonly ScatterPanel[],
  series: readonly Series[],
  title: string,
): Mark {
  const key = legend(seriesEntries(series), 52, 12);
  const grid = panels(data.length, {
    columns: 3,
    height: SIDE,
    gap: 56,
    left: 52,
    top: 62 + key.height,
    below: 74,
  });
  return chart(
    'scatter',
    grid.total,
    title,
    key.mark,
    data.map((panel, i) => {
      const { x, y } = grid.at(i);
      const content = drawPanel(panel, grid.width, `band-${i}`);
      return h('g', { class: 'panel', transform: `translate(${x},${y})` }, content);
    }),
  );
}

function drawPanel(panel: ScatterPanel, width: number, clip: string): Mark[] {
  const values = panel.points.flatMap(({ simulated, real }) => [simulated, real]);
  const domain = [Math.min(...values) / 1.3, Math.max(...values) * 1.3];
  const x = scaleLog(domain, [0, width]);
  const y = scaleLog(domain, [SIDE, 0]);
  return [
    h('text', { class: 'panel-title', y: -14 }, `${panel.title}, ${panel.unit}`),
    h('clipPath', { id: clip }, h('rect', { width, height: SIDE })),
    h('g', { 'clip-path': `url(#${clip})` }, band(panel.band, x, y)),
    bottomAxis(x, SIDE, { ticks: 4, format: number, grid: SIDE, label: 'real' }),
    leftAxis(y, 0, { ticks: 4, format: number, grid: width }),
    h('text', { class: 'axis-label', x: 6, y: 14 }, 'simulated'),
    h(
      'g',
      { class: 'points' },
      panel.points.map((p) => drawPoint(p, x, y, panel)),
    ),
  ];
}

function drawPoint(
  p: ScatterPoint,
  x: (value: number) => number,
  y: (value: number) => number,
  { title, unit }: ScatterPanel,
): Mark {
  const error = signedPercent((100 * (p.simulated - p.real)) / p.real);
  const values = `${withUnit(p.simulated, unit)} simulated, ${withUnit(p.real, unit)} real (${error})`;
  const tip = `${p.name}: ${title} ${values}`;
  return point(p.series, x(p.real), y(p.simulated), { className: 'request', area: 30, tip });
}

function band(share: number, x: (value: number) => number, y: (value: number) => number): Mark[] {
  const [low, high] = [1e-9, 1e12];
  const corner = (real: number, factor: number) => `${x(real)},${y(real * factor)}`;
  const corners = [
    corner(low, 1 - share),
    corner(high, 1 - share),
    corner(high, 1 + share),
    corner(low, 1 + share),
  ];
  return [
    h('polygon', { class: 'band', points: corners.join(' ') }),
    h('line', { class: 'identity', x1: x(low), y1: y(low), x2: x(high), y2: y(high) }),
  ];
}
