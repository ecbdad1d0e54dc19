import { scaleLog } from 'd3';
import { bottomAxis, leftAxis } from '../marks/axis.ts';
import { milliseconds, number, signedPercent } from '../marks/format.ts';
import { h, type Mark } from '../marks/mark.ts';
import { legend, point } from '../marks/symbols.ts';
import { chart, panels } from './chart.ts';

export interface ScatterPoint {
  readonly label: string;
  readonly series: number;
  readonly request: number;
  /** Milliseconds. */
  readonly simulated: number;
  readonly real: number;
}

export interface ScatterPanel {
  readonly title: string;
  readonly points: readonly ScatterPoint[];
}

/** Half-width of the band about the identity line, as a share. */
export const BAND = 0.1;

const SIDE = 290;

/** Simulated over real values on equal logarithmic axes, with the identity line and a band. */
export function scatter(
  data: readonly ScatterPanel[],
  names: readonly string[],
  title: string,
): Mark {
  const key = legend(names, 52, 12);
  const grid = panels(data.length, {
    columns: 3,
    height: SIDE,
    gap: 56,
    left: 52,
    top: 62 + key.height,
    below: 56,
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
    h('text', { class: 'panel-title', y: -14 }, `${panel.title}, ms`),
    h('clipPath', { id: clip }, h('rect', { width, height: SIDE })),
    h('g', { 'clip-path': `url(#${clip})` }, band(x, y)),
    bottomAxis(x, SIDE, { ticks: 4, format: number, grid: SIDE, label: 'real' }),
    leftAxis(y, 0, { ticks: 4, format: number, grid: width }),
    h('text', { class: 'axis-label', x: 6, y: 14 }, 'simulated'),
    h(
      'g',
      { class: 'points' },
      panel.points.map((p) => drawPoint(p, x, y, panel.title)),
    ),
  ];
}

function drawPoint(
  p: ScatterPoint,
  x: (value: number) => number,
  y: (value: number) => number,
  metric: string,
): Mark {
  const error = signedPercent((100 * (p.simulated - p.real)) / p.real);
  const values = `${milliseconds(p.simulated)} simulated, ${milliseconds(p.real)} real (${error})`;
  const tip = `${p.label}, request ${p.request}: ${metric} ${values}`;
  return point(p.series, x(p.real), y(p.simulated), { className: 'request', area: 30, tip });
}

function band(x: (value: number) => number, y: (value: number) => number): Mark[] {
  const [low, high] = [1e-9, 1e12];
  const corner = (real: number, factor: number) => `${x(real)},${y(real * factor)}`;
  const corners = [
    corner(low, 1 - BAND),
    corner(high, 1 - BAND),
    corner(high, 1 + BAND),
    corner(low, 1 + BAND),
  ];
  return [
    h('polygon', { class: 'band', points: corners.join(' ') }),
    h('line', { class: 'identity', x1: x(low), y1: y(low), x2: x(high), y2: y(high) }),
  ];
}
