import { type Child, h, type Mark } from '../marks/mark.ts';

/** Width of every figure, pixels before scaling. */
export const WIDTH = 1040;

/** A drawing that stands for itself: `title` is what a screen reader says. */
export function chart(className: string, height: number, title: string, ...content: Child[]): Mark {
  return h(
    'svg',
    {
      class: `chart ${className}`,
      viewBox: `0 0 ${WIDTH} ${height}`,
      role: 'img',
      'aria-label': title,
    },
    content,
  );
}

/** Places of `count` panels of equal size, row by row. */
export interface Panels {
  readonly width: number;
  readonly height: number;
  /** Left upper corner of panel i. */
  at(index: number): { readonly x: number; readonly y: number };
  /** Height of all rows together. */
  readonly total: number;
}

export function panels(
  count: number,
  options: {
    columns: number;
    height: number;
    gap: number;
    left: number;
    top: number;
    below: number;
  },
): Panels {
  const { columns, height, gap, left, top, below } = options;
  const width = (WIDTH - left - gap * (columns - 1) - 14) / columns;
  const pitch = height + below;
  return {
    width,
    height,
    at: (index) => ({
      x: left + (index % columns) * (width + gap),
      y: top + Math.floor(index / columns) * pitch,
    }),
    total: top + Math.ceil(count / columns) * pitch,
  };
}

/** Room for the longest of the labels that stand right-aligned before a drawing, pixels. */
export function roomFor(labels: readonly string[], least: number, most = 330): number {
  const longest = Math.max(0, ...labels.map(({ length }) => length));
  return Math.min(most, Math.max(least, 24 + 6.6 * longest));
}

/** A panel's title with the unit of its numbers. */
export function panelTitle({ title, unit }: { title: string; unit: string }): string {
  return unit === 'count' || unit === '' ? title : `${title}, ${unit}`;
}

/** Diagonal hatching for a fill; `id` is unique on the page. */
export function hatch(id: string, className: string): Mark {
  return h(
    'pattern',
    {
      id,
      class: className,
      width: 5,
      height: 5,
      patternUnits: 'userSpaceOnUse',
      patternTransform: 'rotate(45)',
    },
    h('rect', { class: 'hatch-ground', width: 5, height: 5 }),
    h('rect', { class: 'hatch-line', width: 2, height: 5 }),
  );
}
