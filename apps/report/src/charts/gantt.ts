import type { Phase, RunDetail } from '../data/report-data.ts';
import { h, type Mark } from '../marks/mark.ts';
import { hatch } from './chart.ts';

export interface GanttFrame {
  /** Time in microseconds to pixels. */
  readonly x: (micros: number) => number;
  readonly width: number;
  readonly rowHeight: number;
  /** Lies under the spans and over the rows. */
  readonly axis: Mark;
  /** Part of the run that is shown, microseconds. */
  readonly from: number;
  readonly to: number;
}

const SENTENCES: Readonly<Record<Phase, string>> = {
  prefill: 'is prefilled',
  decode: 'is decoded',
  move: 'is moved here',
  idle: 'waits in its slot',
};

/** What a slot does, one row a slot: each phase has its own colour and its own shape. */
export function gantt(run: RunDetail, frame: GanttFrame): Mark {
  const { spans } = run;
  const rows = Array.from({ length: run.places }, (_, slot) => {
    const y = slot * frame.rowHeight;
    return [
      h('rect', {
        class: 'free',
        y: y + 2,
        width: frame.width,
        height: frame.rowHeight - 4,
      }),
      h(
        'text',
        { x: -10, y: y + frame.rowHeight / 2, dy: '0.32em', 'text-anchor': 'end' },
        `${run.place} ${slot}`,
      ),
    ];
  });
  // Moves are small and lie on top.
  const shown = spans.slot
    .map((_, i) => i)
    .filter((i) => spans.endMicros[i]! >= frame.from && spans.startMicros[i]! <= frame.to)
    .sort((a, b) => Number(spans.phase[a] === 'move') - Number(spans.phase[b] === 'move'));
  return h(
    'g',
    { class: 'gantt' },
    h('defs', {}, hatch('hatch-prefill', 'prefill')),
    rows,
    frame.axis,
    h(
      'g',
      { class: 'spans' },
      shown.map((i) => drawSpan(run, i, frame)),
    ),
  );
}

function drawSpan(run: RunDetail, i: number, frame: GanttFrame): Mark {
  const { spans } = run;
  const phase = spans.phase[i]!;
  const left = Math.max(0, frame.x(spans.startMicros[i]!));
  const right = Math.min(frame.width, frame.x(spans.endMicros[i]!));
  const width = Math.max(right - left, 0.8);
  const y = spans.slot[i]! * frame.rowHeight;
  const tip = describe(run, i);
  const attributes = {
    class: `span ${phase}`,
    'data-tip': tip,
    'data-request': spans.request[i]!,
    role: 'img',
    'aria-label': tip,
    tabindex: -1,
  };
  if (phase === 'move') return h('path', { ...attributes, d: moveSign(left, y, frame.rowHeight) });
  const inset = phase === 'idle' ? frame.rowHeight / 2 - 2 : 3;
  const box = { x: left, y: y + inset, width, height: frame.rowHeight - 2 * inset };
  const label = String(spans.request[i]);
  const fits = phase === 'decode' && width > label.length * 7 + 6;
  return h(
    'g',
    {},
    h('rect', { ...attributes, ...box }),
    fits
      ? h('text', { class: 'inside', x: left + 5, y: y + frame.rowHeight / 2, dy: '0.34em' }, label)
      : null,
  );
}

/** A downward arrowhead over the row, at the time of the move. */
function moveSign(x: number, y: number, height: number): string {
  const tip = (y + height - 2).toFixed(1);
  return `M${(x - 5).toFixed(1)},${y}h10L${x.toFixed(1)},${tip}Z`;
}

function describe(run: RunDetail, i: number): string {
  const { spans } = run;
  const start = spans.startMicros[i]! / 1000;
  const length = (spans.endMicros[i]! - spans.startMicros[i]!) / 1000;
  const phase = spans.phase[i]!;
  const tokens = phase === 'idle' ? '' : `, ${spans.tokens[i]} tokens`;
  const when = `from ${start.toFixed(1)} ms for ${length.toFixed(1)} ms`;
  const where = `${run.place} ${spans.slot[i]}`;
  return `Request ${spans.request[i]} ${SENTENCES[phase]}: ${where}, ${when}${tokens}`;
}
