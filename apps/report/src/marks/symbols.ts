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

/** What is drawn for a series. */
export interface Sign {
  readonly colour: number;
  readonly shape: number;
  /** Tells two of one colour apart: points have a stem, lines another dash. */
  readonly stemmed: boolean;
}

/** Sign `index`: each pair of colour and shape once, the first seven differ in both and have no stem. */
export function signAt(index: number): Sign {
  const round = Math.floor(index / COLOURS);
  const shape = (index + 3 * round) % SHAPES.length;
  return { colour: index % COLOURS, shape, stemmed: round % 2 === 1 };
}

/** Series that are no policies have signs in their order. */
export function inOrder(names: readonly string[]): Series[] {
  return names.map((name, series) => ({ name, series }));
}

/** The class that gives a series its colour and its lines their dash; see the style sheet. */
export function seriesClass(index: number): string {
  const { colour, stemmed } = signAt(index);
  return `series-${colour}${stemmed ? ' stemmed' : ''}`;
}

/** A stroke from the right upper part of a point outwards. */
function stem(area: number): string {
  const from = 0.45 * Math.sqrt(area / Math.PI);
  return `M${from},${-from}l${2 + from},${-2 - from}`;
}

/** A point of series `index`: its own shape, so that colour is never the only sign. */
export function point(
  index: number,
  x: number,
  y: number,
  options: { className: string; area?: number; tip?: string },
): Mark {
  const { area = 56 } = options;
  const { shape, stemmed } = signAt(index);
  const path = `${symbol(SHAPES[shape]!, area)() ?? ''}${stemmed ? stem(area) : ''}`;
  return h('path', {
    class: `point ${options.className} ${seriesClass(index)}`,
    // Tenths of a pixel: pages have thousands of points.
    transform: `translate(${x.toFixed(1)},${y.toFixed(1)})`,
    d: path.replace(/\d+\.\d{2,}/g, (n) => String(Number(Number(n).toFixed(1)))),
    'data-tip': options.tip,
  });
}
