import { type Child, h, type Mark } from './mark.ts';
import { point, type Series } from './symbols.ts';

/** A sign with its name. */
export interface LegendEntry {
  readonly name: string;
  /** Width of the sign, pixels. */
  readonly width: number;
  /** Draws the sign from `x` on, about `y`. */
  readonly sign: (x: number, y: number) => Child;
}

export type World = 'simulated' | 'real';

/** Rows of names end before this, pixels. */
const LEGEND_END = 1030;
const LEGEND_ROW = 22;

/** Series, each with its shape and colour; hollow where nothing of them was really run. */
export function seriesEntries(all: readonly Series[], world: World = 'real'): LegendEntry[] {
  return all.map(({ name, series }) => ({
    name,
    width: 12,
    sign: (x, y) => point(series, x + 6, y, { className: world }),
  }));
}

/** What tells the worlds apart, on lines or on marks alone. */
export function worldEntries(worlds: ReadonlySet<World>, on: 'lines' | 'marks'): LegendEntry[] {
  return (['real', 'simulated'] as const)
    .filter((world) => worlds.has(world))
    .map((world) => (on === 'marks' ? markEntry(world, world) : lineEntry(world)));
}

/** A mark of no series: filled as those of the real world, or hollow. */
export function markEntry(name: string, look: World): LegendEntry {
  const sign = (x: number, y: number) =>
    h('circle', { class: `key-${look}`, cx: x + 6, cy: y, r: 4.2 });
  return { name, width: 12, sign };
}

function lineEntry(world: World): LegendEntry {
  const sign = (x: number, y: number) => [
    h('path', { class: `key-line key-${world}-line`, d: `M${x},${y}h26` }),
    h('circle', { class: `key-${world}`, cx: x + 13, cy: y, r: 3.4 }),
  ];
  return { name: world, width: 26, sign };
}

/** An interval that reaches from end to end. */
export function intervalEntry(name: string): LegendEntry {
  const sign = (x: number, y: number) =>
    h('path', { class: 'key-line', d: `M${x},${y - 5}v10m0,-5h24m0,-5v10` });
  return { name, width: 24, sign };
}

/** An interval about a line, or an aim about 0. */
export function bandEntry(name: string): LegendEntry {
  const sign = (x: number, y: number) =>
    h('rect', { class: 'key-band', x, y: y - 6, width: 22, height: 12 });
  return { name, width: 22, sign };
}

/** Entries in rows from a corner on; `height` is what rows beyond the first take. */
export function legend(
  all: readonly LegendEntry[],
  x: number,
  y: number,
): { readonly mark: Mark; readonly height: number } {
  let left = x;
  let top = y;
  const entries = all.map(({ name, width, sign }) => {
    const whole = width + 22 + name.length * 6.9;
    if (left > x && left + whole > LEGEND_END) [left, top] = [x, top + LEGEND_ROW];
    const text = h('text', { x: left + width + 5, y: top, dy: '0.32em' }, name);
    const entry = h('g', { class: 'legend-entry' }, sign(left, top), text);
    left += whole;
    return entry;
  });
  const mark = h('g', { class: 'legend', 'aria-hidden': 'true' }, entries);
  return { mark, height: top - y };
}
