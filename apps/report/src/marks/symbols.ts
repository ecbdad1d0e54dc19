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
const SERIES_COUNT = SHAPES.length;

/** The class that gives a series its colour; see the style sheet. */
export function seriesClass(index: number): string {
  return `series-${index % SERIES_COUNT}`;
}

/** A series beyond the seventh has the colour of an earlier one, and another shape. */
function shapeIndex(index: number): number {
  return (index + 3 * Math.floor(index / SERIES_COUNT)) % SHAPES.length;
}

/** A point of series `index`: its own shape, so that colour is never the only sign. */
export function point(
  index: number,
  x: number,
  y: number,
  options: { className: string; area?: number; tip?: string },
): Mark {
  const path = symbol(SHAPES[shapeIndex(index)]!, options.area ?? 56)() ?? '';
  return h('path', {
    class: `point ${options.className} ${seriesClass(index)}`,
    transform: `translate(${x.toFixed(2)},${y.toFixed(2)})`,
    d: path.replace(/\d+\.\d{3,}/g, (n) => Number(n).toFixed(2)),
    'data-tip': options.tip,
  });
}
