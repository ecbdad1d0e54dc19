import { fitSpans } from '../data/merge-spans.ts';
import type { DrawnRun } from '../data/packed-run.ts';
import type { Phase, SlotSpans } from '../data/report-data.ts';
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

/** Neighbours thinner than this are drawn as one, pixels; moves have a sign of their own width. */
const THINNEST = 1.5;
/** No more marks than these at once: a page stays light, and quick to draw again. */
const MOST = 2500;

const SENTENCES: Readonly<Record<Phase, string>> = {
  prefill: 'is prefilled',
  decode: 'is decoded',
  move: 'is moved here',
  idle: 'waits in its slot',
};

/** What a slot does, one row a slot: each phase has its own colour and its own shape. */
export function gantt(run: DrawnRun, frame: GanttFrame): Mark {
  const { from, to, width } = frame;
  const thinnest = (THINNEST * (to - from)) / width;
  const spans = fitSpans(within(run.spans, from, to), MOST, thinnest);
  // Moves are small and lie on top.
  const order = [...spans.slot.keys()].sort(
    (a, b) => Number(spans.phase[a] === 'move') - Number(spans.phase[b] === 'move'),
  );
  return h(
    'g',
    { class: 'gantt' },
    h('defs', {}, hatch('hatch-prefill', 'prefill')),
    rows(run, frame),
    frame.axis,
    h(
      'g',
      { class: 'spans' },
      order.map((i) => drawSpan(spans, i, run.place, frame)),
    ),
  );
}

/** Height of a row that lets all slots of a run be seen together, pixels. */
export function rowHeightOf({ places }: Pick<DrawnRun, 'places'>): number {
  if (places <= 24) return 22;
  return places <= 64 ? 14 : 6;
}

function rows(run: DrawnRun, { rowHeight, width }: GanttFrame): Mark[] {
  const margin = Math.min(2, rowHeight / 6);
  const named = rowHeight < 14 ? 4 : 1;
  return Array.from({ length: run.places }, (_, slot) => {
    const y = slot * rowHeight;
    const middle = { x: -10, y: y + rowHeight / 2, dy: '0.32em', 'text-anchor': 'end' };
    return h(
      'g',
      {},
      h('rect', { class: 'free', y: y + margin, width, height: rowHeight - 2 * margin }),
      slot % named === 0 ? h('text', middle, `${run.place} ${slot}`) : null,
    );
  });
}

/** The spans that touch a part of the run. */
function within(spans: SlotSpans, from: number, to: number): SlotSpans {
  const kept = [...spans.slot.keys()].filter(
    (i) => spans.endMicros[i]! >= from && spans.startMicros[i]! <= to,
  );
  if (kept.length === spans.slot.length) return spans;
  const columns = Object.entries(spans).map(([name, column]) => [name, kept.map((i) => column[i])]);
  return Object.fromEntries(columns) as SlotSpans;
}

function drawSpan(spans: SlotSpans, i: number, place: string, frame: GanttFrame): Mark {
  const { rowHeight } = frame;
  const phase = spans.phase[i]!;
  const left = Math.max(0, frame.x(spans.startMicros[i]!));
  const right = Math.min(frame.width, frame.x(spans.endMicros[i]!));
  const width = Math.max(right - left, 0.8);
  const y = spans.slot[i]! * rowHeight;
  const merged = spans.count[i]! > 1;
  const attributes = {
    class: `span ${phase}${merged ? ' merged' : ''}`,
    'data-tip': describe(spans, i, place),
    'data-request': merged ? undefined : spans.request[i]!,
    tabindex: -1,
  };
  if (phase === 'move') return h('path', { ...attributes, d: moveSign(left, y, rowHeight) });
  const inset = phase === 'idle' ? rowHeight / 2 - 2 : Math.min(3, rowHeight / 5);
  const rectangle = h('rect', {
    ...{ ...attributes, x: left, y: y + inset },
    ...{ width, height: rowHeight - 2 * inset },
  });
  const label = String(spans.request[i]);
  const fits = phase === 'decode' && !merged && rowHeight >= 14 && width > label.length * 7 + 6;
  if (!fits) return rectangle;
  const at = {
    class: rowHeight < 20 ? 'inside fine' : 'inside',
    x: left + 5,
    y: y + rowHeight / 2,
    dy: '0.34em',
  };
  return h('g', {}, rectangle, h('text', at, label));
}

/** A downward arrowhead over the row, at the time of the move. */
function moveSign(x: number, y: number, height: number): string {
  const half = Math.min(5, height / 2);
  const tip = (y + height - Math.min(2, height / 6)).toFixed(1);
  return `M${(x - half).toFixed(1)},${y}h${2 * half}L${x.toFixed(1)},${tip}Z`;
}

function describe(spans: SlotSpans, i: number, place: string): string {
  const [start, end] = [spans.startMicros[i]! / 1000, spans.endMicros[i]! / 1000];
  const when = `from ${start.toFixed(1)} ms for ${(end - start).toFixed(1)} ms`;
  const where = `${place} ${spans.slot[i]}`;
  const phase = spans.phase[i]!;
  const [first, last] = [spans.request[i]!, spans.lastRequest[i]!];
  const count = spans.count[i]!;
  if (count > 1) {
    const who = first === last ? `request ${first}` : `requests ${first} to ${last}`;
    return `${count} short spans of ${who}, mostly ${phase}: ${where}, ${when}. Zoom in.`;
  }
  const tokens = spans.tokens[i]!;
  const many = phase === 'idle' ? '' : `, ${tokens} ${tokens === 1 ? 'token' : 'tokens'}`;
  return `Request ${first} ${SENTENCES[phase]}: ${where}, ${when}${many}`;
}
