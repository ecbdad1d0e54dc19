import { scaleLinear, scaleLog } from 'd3';
import { bottomAxis, leftAxis, type NumberScale } from '../marks/axis.ts';
import { number } from '../marks/format.ts';
import { legend, seriesEntries, type World, worldEntries } from '../marks/legend.ts';
import { h, type Mark } from '../marks/mark.ts';
import { point, type Series, seriesClass } from '../marks/symbols.ts';
import { chart, panels } from './chart.ts';

export interface EcdfLine {
  readonly label: string;
  readonly series: number;
  readonly world: World;
  /** Milliseconds, ascending. */
  readonly values: readonly number[];
}

export interface EcdfPanel {
  readonly title: string;
  readonly lines: readonly EcdfLine[];
}

const HEIGHT = 230;
/** A value spread over more than this factor is drawn on a logarithmic axis. */
const LOG_FROM = 12;

/** Shares of requests at or below each latency: solid lines real, dashed ones simulated. */
export function ecdf(data: readonly EcdfPanel[], series: readonly Series[], title: string): Mark {
  const drawn = data.flatMap(({ lines }) => lines.filter(({ values }) => values.length > 0));
  const worlds = new Set(drawn.map(({ world }) => world));
  const signs = seriesEntries(series, worlds.has('real') ? 'real' : 'simulated');
  const key = legend([...signs, ...worldEntries(worlds, 'lines')], 52, 12);
  const grid = panels(data.length, {
    columns: 3,
    height: HEIGHT,
    gap: 56,
    left: 52,
    top: 62 + key.height,
    below: 34,
  });
  return chart(
    'ecdf',
    grid.total,
    title,
    key.mark,
    data.map((panel, i) => {
      const { x, y } = grid.at(i);
      return h(
        'g',
        { class: 'panel', transform: `translate(${x},${y})` },
        drawPanel(panel, grid.width),
      );
    }),
  );
}

function drawPanel(panel: EcdfPanel, width: number): Mark[] {
  const x = scaleFor(
    panel.lines.flatMap(({ values }) => values),
    width,
  );
  const y = scaleLinear([0, 1], [HEIGHT, 0]);
  return [
    h('text', { class: 'panel-title', y: -14 }, `${panel.title}, ms`),
    bottomAxis(x, HEIGHT, { ticks: 5, format: number, grid: HEIGHT }),
    leftAxis(y, 0, { ticks: 4, format: (value) => `${Math.round(value * 100)} %`, grid: width }),
    ...panel.lines.flatMap((line) => drawLine(line, x, y, width)),
  ];
}

function scaleFor(values: readonly number[], width: number): NumberScale {
  const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = values.reduce((a, b) => Math.max(a, b), 1e-9);
  if (low > 0 && high / low > LOG_FROM) return scaleLog([low / 1.1, high * 1.1], [0, width]);
  return scaleLinear([0, high * 1.05], [0, width]);
}

function drawLine(line: EcdfLine, x: NumberScale, y: NumberScale, width: number): Mark[] {
  const { values, world, series, label } = line;
  if (values.length === 0) return [];
  let path = `M${x(values[0]!).toFixed(1)},${y(0).toFixed(1)}`;
  // Steps that come closer than half a pixel are one.
  let [left, top] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  values.forEach((value, i) => {
    const [right, bottom] = [x(value), y((i + 1) / values.length)];
    const last = i === values.length - 1;
    if (!last && right - left < 0.5 && top - bottom < 0.5) return;
    [left, top] = [right, bottom];
    path += `H${right.toFixed(1)}V${bottom.toFixed(1)}`;
  });
  path += `H${width.toFixed(1)}`;
  const median = values[Math.floor((values.length - 1) / 2)]!;
  const tip = `${label}, ${world}: half of ${values.length} requests within ${number(median)} ms`;
  const share = (Math.floor((values.length - 1) / 2) + 1) / values.length;
  return [
    h('path', { class: `line ${world} ${seriesClass(series)}`, d: path, 'data-tip': tip }),
    point(series, x(median), y(share), { className: world, area: 40, tip }),
  ];
}
