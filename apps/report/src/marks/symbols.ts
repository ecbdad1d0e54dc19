import {
  type SymbolType,
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
} from 'd3';
import { h, type Mark } from './mark.ts';

/** A triangle on its tip, of the given area. */
const symbolTip: SymbolType = {
  draw: (context, area) => {
    const y = Math.sqrt(area / (3 * Math.sqrt(3)));
    const x = Math.sqrt(3) * y;
    context.moveTo(0, 2 * y);
    context.lineTo(-x, -y);
    context.lineTo(x, -y);
    context.closePath();
  },
};

const SHAPES = [
  symbolCircle,
  symbolSquare,
  symbolTriangle,
  symbolDiamond,
  symbolCross,
  symbolStar,
  symbolTip,
];

/** As many colours as shapes: the first signs differ in both. */
const COLOURS = SHAPES.length;

/** How many signs differ in colour or shape; beyond, they begin again. */
export const SIGN_COUNT = COLOURS * SHAPES.length;

/** Something that is drawn with a sign of its own. */
export interface Series {
  readonly name: string;
  /** Index of its sign, see `signAt`. */
  readonly series: number;
}

/** Colour and shape of sign `index`: each pair once, the first seven differ in both. */
export function signAt(index: number): { readonly colour: number; readonly shape: number } {
  const round = Math.floor(index / COLOURS);
  return { colour: index % COLOURS, shape: (index + 3 * round) % SHAPES.length };
}

/** Series that are no policies have signs in their order. */
export function inOrder(names: readonly string[]): Series[] {
  return names.map((name, series) => ({ name, series }));
}

/** The class that gives a series its colour; see the style sheet. */
export function seriesClass(index: number): string {
  return `series-${signAt(index).colour}`;
}

/** A point of series `index`: its own shape, so that colour is never the only sign. */
export function point(
  index: number,
  x: number,
  y: number,
  options: { className: string; area?: number; tip?: string },
): Mark {
  const path = symbol(SHAPES[signAt(index).shape]!, options.area ?? 56)() ?? '';
  return h('path', {
    class: `point ${options.className} ${seriesClass(index)}`,
    // Tenths of a pixel: pages have thousands of points.
    transform: `translate(${x.toFixed(1)},${y.toFixed(1)})`,
    d: path.replace(/\d+\.\d{2,}/g, (n) => String(Number(Number(n).toFixed(1)))),
    'data-tip': options.tip,
  });
}
