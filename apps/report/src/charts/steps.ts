import { max, scaleLinear } from 'd3';
import { leftAxis } from '../marks/axis.ts';
import { h, type Mark } from '../marks/mark.ts';

export interface StepLine {
  readonly name: string;
  /** Class that gives its colour and dash. */
  readonly className: string;
  readonly values: readonly number[];
  /** When each value begins to hold, microseconds, ascending. */
  readonly times: readonly number[];
}

export interface StepFrame {
  readonly title: string;
  readonly x: (micros: number) => number;
  readonly width: number;
  readonly height: number;
  readonly format: (value: number) => string;
  /** Unique on the page. */
  readonly id: string;
}

/** Quantities over time that hold until they change: the first is an area, the rest are lines. */
export function steps(lines: readonly StepLine[], frame: StepFrame): Mark {
  const { height, width, id } = frame;
  const highest = max(lines, (line) => max(line.values) ?? 0) || 1;
  const y = scaleLinear([0, highest * 1.05], [height, 0]);
  return h(
    'g',
    { class: 'steps' },
    h('clipPath', { id }, h('rect', { y: -2, width, height: height + 4 })),
    leftAxis(y, 0, { ticks: 2, format: frame.format, grid: width }),
    h(
      'g',
      { 'clip-path': `url(#${id})` },
      lines.flatMap((line, i) => draw(line, i, frame, y)),
    ),
    names(lines, frame),
  );
}

function draw(
  line: StepLine,
  index: number,
  frame: StepFrame,
  y: (value: number) => number,
): Mark[] {
  const path = stepPath(line, frame, y);
  if (path === '') return [];
  const last = endOf(line.times, frame).toFixed(1);
  const first = Math.max(0, frame.x(line.times[0]!)).toFixed(1);
  const area = `${path}H${last}V${frame.height}H${first}Z`;
  const outline = h('path', { class: `step-line ${line.className}`, d: path });
  return index === 0
    ? [h('path', { class: `step-area ${line.className}`, d: area }), outline]
    : [outline];
}

/** Of many changes within a pixel the lowest, the highest and the last are drawn. */
function stepPath({ times, values }: StepLine, frame: StepFrame, y: (value: number) => number) {
  let path = '';
  let before = '';
  let left = Number.NaN;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  times.forEach((time, i) => {
    const x = frame.x(time);
    const next = i + 1 < times.length ? frame.x(times[i + 1]!) : Number.POSITIVE_INFINITY;
    if (next < 0 || x > frame.width) return;
    const value = values[i]!;
    if (path === '') {
      before = y(value).toFixed(1);
      path = `M${Math.max(0, x).toFixed(1)},${before}`;
    }
    if (Number.isNaN(left)) left = Math.max(0, x);
    [low, high] = [Math.min(low, value), Math.max(high, value)];
    if (Math.floor(next) === Math.floor(left)) return;
    const levels = [low, high, value].map((one) => y(one).toFixed(1));
    if (levels.some((level) => level !== before)) path += `H${left.toFixed(1)}`;
    for (const level of levels) {
      if (level !== before) path += `V${level}`;
      before = level;
    }
    [left, low, high] = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  });
  return path === '' ? '' : `${path}H${endOf(times, frame).toFixed(1)}`;
}

function endOf(times: readonly number[], { x, width }: StepFrame): number {
  return Math.min(x(times.at(-1)!), width);
}

function names(lines: readonly StepLine[], frame: StepFrame): Mark {
  let left = frame.title.length * 7.8 + 14;
  const entries = lines.map((line, i) => {
    const x = left;
    left += line.name.length * 6.6 + 44;
    const sign =
      i === 0
        ? h('rect', { class: `step-area ${line.className}`, x, y: -15, width: 20, height: 9 })
        : h('path', { class: `step-line ${line.className}`, d: `M${x},-10h20` });
    return [sign, h('text', { x: x + 26, y: -10, dy: '0.32em' }, line.name)];
  });
  return h('g', {}, h('text', { class: 'panel-title', y: -7 }, frame.title), entries);
}
