import {
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
  symbolWye,
} from 'd3';
import { h, type Mark } from './mark.ts';

const SHAPES = [
  symbolCircle,
  symbolSquare,
  symbolTriangle,
  symbolDiamond,
  symbolCross,
  symbolStar,
  symbolWye,
];

/** How many series differ in both colour and shape. */
export const SERIES_COUNT = SHAPES.length;

/** The class that gives a series its colour; see the style sheet. */
export function seriesClass(index: number): string {
  return `series-${index % SERIES_COUNT}`;
}

/** A point of series `index`: its own shape, so that colour is never the only sign. */
export function point(
  index: number,
  x: number,
  y: number,
  options: { className: string; area?: number; tip?: string },
): Mark {
  const path = symbol(SHAPES[index % SHAPES.length]!, options.area ?? 56)() ?? '';
  return h('path', {
    class: `point ${options.className} ${seriesClass(index)}`,
    transform: `translate(${x.toFixed(2)},${y.toFixed(2)})`,
    d: path.replace(/\d+\.\d{3,}/g, (n) => Number(n).toFixed(2)),
    'data-tip': options.tip,
  });
}

/** A row of names, each with the shape and colour of its series. */
export function legend(names: readonly string[], x: number, y: number): Mark {
  let left = x;
  const entries = names.map((name, i) => {
    const entry = h(
      'g',
      { class: 'legend-entry' },
      point(i, left + 6, y, { className: 'real' }),
      h('text', { x: left + 17, y, dy: '0.32em' }, name),
    );
    left += 34 + name.length * 6.9;
    return entry;
  });
  return h('g', { class: 'legend', 'aria-hidden': 'true' }, entries);
}
