import { h, type Mark } from './mark.ts';

/** What an axis needs of a d3 scale of numbers. */
export interface NumberScale {
  (value: number): number;
  ticks(count?: number): number[];
  range(): number[];
  domain(): number[];
  /** Of logarithmic scales only. */
  base?(): number;
}

export interface AxisOptions {
  readonly ticks?: number;
  readonly label?: string;
  readonly format: (value: number) => string;
  /** Length of the grid lines that go with the ticks, pixels. */
  readonly grid?: number;
}

/** Values to mark: for a scale over decades at most three to a decade. */
function tickValues(scale: NumberScale, count: number): number[] {
  const values = scale.ticks(count);
  if (values.length <= count * 1.6) return values;
  if (scale.base === undefined) return values;
  const leading = (value: number): number => Number(value.toExponential()[0]);
  for (const kept of [[1, 2, 5], [1, 3], [1]]) {
    const fewer = values.filter((value) => kept.includes(leading(value)));
    if (fewer.length <= count * 1.6 && fewer.length >= 2) return fewer;
  }
  const every = Math.ceil(values.length / count);
  return values.filter((_, i) => i % every === 0);
}

/** What drawings leave at the right of their axes, pixels: no number reaches further. */
const MARGIN = 13;
/** Half of the width of a character, pixels. */
const HALF = 3.3;

/** A tick at the bottom, and how far its text stands left of it. */
interface Tick {
  readonly x: number;
  readonly text: string;
  readonly beyond: number;
}

/** About as many ticks as are wanted, or fewer where their texts would touch. */
function ticksApart(scale: NumberScale, { ticks: wanted = 5, format }: AxisOptions): Tick[] {
  const to = ends(scale.range())[1];
  const ticksOf = (count: number) =>
    tickValues(scale, count).map((value): Tick => {
      const [x, text] = [scale(value), format(value)];
      return { x, text, beyond: Math.max(0, x + HALF * text.length - (to + MARGIN)) };
    });
  const areApart = (ticks: readonly Tick[]) =>
    ticks.slice(1).every(({ x, text, beyond }, i) => {
      const before = ticks[i]!;
      const room = x - beyond - (before.x - before.beyond);
      return room >= HALF * (text.length + before.text.length);
    });
  for (let count = wanted; count > 1; count--) {
    const ticks = ticksOf(count);
    if (areApart(ticks)) return ticks;
  }
  return ticksOf(wanted);
}

/** An axis at the bottom: ticks downwards, grid upwards from y = 0. */
export function bottomAxis(scale: NumberScale, y: number, options: AxisOptions): Mark {
  const [from, to] = ends(scale.range());
  const ticks = ticksApart(scale, options).map(({ x, text, beyond }) => {
    return h(
      'g',
      { class: 'tick', transform: `translate(${x.toFixed(2)},${y})` },
      options.grid ? h('line', { class: 'grid', y2: -options.grid }) : null,
      h('text', { x: -beyond || undefined, y: 16, 'text-anchor': 'middle' }, text),
    );
  });
  return h(
    'g',
    { class: 'axis' },
    ticks,
    h('line', { class: 'rule', x1: from, x2: to, y1: y, y2: y }),
    options.label
      ? h('text', { class: 'axis-label', x: to, y: y + 32, 'text-anchor': 'end' }, options.label)
      : null,
  );
}

/** An axis at the left: ticks leftwards, grid to the right from `x`. */
export function leftAxis(scale: NumberScale, x: number, options: AxisOptions): Mark {
  const ticks = tickValues(scale, options.ticks ?? 4).map((value) =>
    h(
      'g',
      { class: 'tick', transform: `translate(${x},${scale(value).toFixed(2)})` },
      options.grid ? h('line', { class: 'grid', x2: options.grid }) : null,
      h('text', { x: -7, dy: '0.32em', 'text-anchor': 'end' }, options.format(value)),
    ),
  );
  return h('g', { class: 'axis' }, ticks);
}

function ends(range: readonly number[]): readonly [number, number] {
  return [range[0]!, range.at(-1)!];
}
