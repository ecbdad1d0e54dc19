import { scaleLinear } from 'd3';
import type { DrawnRun } from '../data/packed-run.ts';
import { bottomAxis } from '../marks/axis.ts';
import { number } from '../marks/format.ts';
import { h, type Mark } from '../marks/mark.ts';
import { WIDTH } from './chart.ts';
import { gantt, rowHeightOf } from './gantt.ts';
import { type StepLine, steps } from './steps.ts';

/** Left and right edge of everything that lies on the time axis, pixels. */
export const TIME_RANGE = [64, WIDTH - 14] as const;

const STEPS_HEIGHT = 62;
const STEPS_PITCH = 98;
const MIB = 2 ** 20;

/** Slots of a run over time, and under them batch, queue and KV memory on the same axis. */
export function runChart(
  run: DrawnRun,
  title: string,
  [from, to]: readonly [number, number] = [0, run.endMicros],
): Mark {
  const width = TIME_RANGE[1] - TIME_RANGE[0];
  const x = scaleLinear([from, to], [0, width]);
  const rowHeight = rowHeightOf(run);
  const slots = run.places * rowHeight;
  const height = 32 + slots + 40 + 3 * STEPS_PITCH;
  const seconds = scaleLinear([from / 1e6, to / 1e6], [0, width]);
  const axis = bottomAxis(seconds, slots, {
    ticks: 8,
    format: secondsFormat(to - from),
    label: 'time, s',
    grid: slots,
  });
  return h(
    'svg',
    {
      class: 'chart run',
      viewBox: `0 0 ${WIDTH} ${height}`,
      role: 'group',
      'aria-label': title,
    },
    h(
      'g',
      { transform: `translate(${TIME_RANGE[0]},26)` },
      key(),
      gantt(run, { x, width, rowHeight, from, to, axis }),
      stepPanels(run, x, width).map((panel, i) =>
        h('g', { transform: `translate(0,${slots + 72 + i * STEPS_PITCH})` }, panel),
      ),
      // The browser draws the time that is pointed at, across all panels.
      h('rect', { class: 'reader', y: slots + 46, width, height: 3 * STEPS_PITCH - 22 }),
      h('path', { class: 'cursor', d: `M0,0V${height - 46}` }),
    ),
  );
}

function secondsFormat(spanMicros: number): (value: number) => string {
  const digits = Math.max(0, Math.ceil(1 - Math.log10(spanMicros / 1e6 / 8)));
  return (value) => value.toFixed(Math.min(6, digits));
}

function stepPanels(run: DrawnRun, x: (micros: number) => number, width: number): Mark[] {
  const i = run.iterations;
  const frame = { x, width, height: STEPS_HEIGHT };
  const starts = i.startMicros;
  // Batch and queue are known as an iteration ends.
  const ends = starts.map((start, k) => start + i.durationMicros[k]!);
  const mib = (values: readonly number[]) => values.map((value) => value / MIB);
  const line = (
    name: string,
    className: string,
    times: readonly number[],
    values: readonly number[],
  ): StepLine => ({ name, className, times, values });
  return [
    steps(
      [line('active sequences', 'active', ends, i.active), line('rows', 'rows', starts, i.rows)],
      {
        ...frame,
        title: 'Batch',
        id: 'clip-batch',
        format: number,
      },
    ),
    steps([line('waiting requests', 'waiting', ends, i.waiting)], {
      ...frame,
      title: 'Queue',
      id: 'clip-queue',
      format: number,
    }),
    steps(
      [
        line('reserved', 'reserved', starts, mib(i.kvReservedBytes)),
        line('used', 'used', starts, mib(i.kvUsedBytes)),
      ],
      { ...frame, title: 'KV memory, MiB', id: 'clip-kv', format: number },
    ),
  ];
}

function key(): Mark {
  const box = (x: number, phase: string, inset: number) =>
    h('rect', { class: `span ${phase}`, x, y: -22 + inset, width: 22, height: 14 - 2 * inset });
  const text = (x: number, words: string) => h('text', { x, y: -15, dy: '0.32em' }, words);
  return h(
    'g',
    { class: 'legend', 'aria-hidden': 'true' },
    box(0, 'prefill', 0),
    text(28, 'prefill'),
    box(92, 'decode', 0),
    text(120, 'decode (with request number)'),
    h('path', { class: 'span move', d: 'M318,-22h10L323,-9Z' }),
    text(335, 'moved into this slot'),
    box(480, 'idle', 5),
    text(508, 'held, nothing computed'),
    h('rect', { class: 'free', x: 670, y: -22, width: 22, height: 14 }),
    text(698, 'free'),
  );
}
