import { MetricsCollector, Outcome } from '@flover/metrics';
import { invariant, type RequestId, type Work } from '@flover/policy';
import {
  type FooterRecord,
  type HeaderRecord,
  playTrace,
  type TraceRecord,
  type TraceSink,
} from '@flover/trace';
import { IterationRecorder } from './iteration-series.ts';
import { fitSpans } from './merge-spans.ts';
import type { OutcomeName, RequestDetail, RunDetail } from './report-data.ts';
import { SlotSpanRecorder } from './slot-spans.ts';

/** How much of a long run is kept. */
export interface DetailLimits {
  readonly requests: number;
  readonly spans: number;
  readonly iterations: number;
}

/** What a page of a run can still move at once: about 300 KB of data. */
export const DEFAULT_LIMITS: DetailLimits = { requests: 20_000, spans: 6000, iterations: 4000 };

const OUTCOMES: Readonly<Record<number, OutcomeName>> = {
  [Outcome.Open]: 'unfinished',
  [Outcome.Length]: 'served',
  [Outcome.Stop]: 'served',
  [Outcome.Cancelled]: 'cancelled',
  [Outcome.Refused]: 'refused',
};

const micros = (nanos: number): number | null =>
  Number.isFinite(nanos) ? Math.round(nanos / 1000) : null;

/** Keeps of a run what is drawn of it. */
class RunDetailSink implements TraceSink {
  readonly #limits: DetailLimits;
  readonly #world: RunDetail['world'];
  readonly #collector = new MetricsCollector();
  readonly #spans: SlotSpanRecorder;
  readonly #iterations = new IterationRecorder();
  readonly #paged: boolean;
  readonly #queued = new Map<number, Work>();
  readonly #promptTokens: number[] = [];
  readonly #width = new Map<RequestId, number>();
  #active = 0;
  #endNanos = 0;
  #outcome: FooterRecord['outcome'] = 'failed';

  constructor(header: Pick<HeaderRecord, 'world' | 'scheduler'>, limits = DEFAULT_LIMITS) {
    const memory = (header.scheduler as { memory?: { kind?: unknown } } | null)?.memory;
    this.#world = header.world;
    this.#limits = limits;
    this.#paged = memory?.kind === 'paged';
    this.#spans = new SlotSpanRecorder(this.#paged);
  }

  event(event: Parameters<TraceSink['event']>[0]): void {
    this.#collector.event(event);
    this.#endNanos = Math.max(this.#endNanos, event.timeNanos);
    if (event.kind !== 'arrive') return;
    this.#promptTokens[event.request.id] = event.request.promptTokens;
    this.#width.set(event.request.id, event.request.width);
  }

  action(action: Parameters<TraceSink['action']>[0], timeNanos: number): void {
    this.#collector.action(action, timeNanos);
    if (action.kind === 'launch') this.#queued.set(action.work.id, action.work);
    else if (action.kind === 'admit') {
      const width = this.#width.get(action.request) ?? 1;
      this.#spans.admit(action.request, action.firstSequence, width);
      this.#active += width;
    } else if (action.kind === 'release') {
      this.#spans.release(action.sequence, timeNanos);
      this.#active--;
    }
  }

  measure(record: Parameters<TraceSink['measure']>[0]): void {
    this.#collector.measure(record);
    const work = this.#queued.get(record.work);
    if (work === undefined) return;
    this.#queued.delete(record.work);
    this.#endNanos = Math.max(this.#endNanos, record.endNanos);
    this.#spans.ran(work, record);
    this.#iterations.ran(work, record, this.#active, this.#collector.requests.waiting);
  }

  close(footer: FooterRecord): void {
    this.#collector.close(footer);
    this.#outcome = footer.outcome;
    this.#spans.close();
  }

  detail(): RunDetail {
    const endMicros = Math.round(this.#endNanos / 1000);
    return {
      world: this.#world,
      place: this.#paged ? 'row' : 'slot',
      places: this.#spans.places,
      outcome: this.#outcome,
      endMicros,
      requests: this.#requests(),
      spans: this.#fittingSpans(endMicros),
      iterations: this.#iterations.series(this.#limits.iterations),
    };
  }

  /** Every span where there are few, else what a line of some 8,000 pixels would still show. */
  #fittingSpans(endMicros: number): RunDetail['spans'] {
    const { spans } = this.#spans;
    const limit = this.#limits.spans;
    return spans.slot.length > limit ? fitSpans(spans, limit, endMicros / 8192) : spans;
  }

  /** Thinned by request number, so that both worlds keep the same requests. */
  #requests(): RequestDetail {
    const all = this.#collector.requestMetrics();
    const table = this.#collector.requests;
    const every = Math.max(1, Math.ceil(table.count / this.#limits.requests));
    const kept = [...all.id.keys()].filter((i) => all.id[i]! % every === 0);
    const ids = kept.map((i) => all.id[i]!);
    return {
      total: all.count,
      id: ids,
      outcome: kept.map((i) => OUTCOMES[all.outcome[i]!] ?? 'unfinished'),
      promptTokens: ids.map((id) => this.#promptTokens[id] ?? 0),
      outputTokens: kept.map((i) => all.outputTokens[i]!),
      arrivalMicros: kept.map((i) => Math.round(all.arrivalNanos[i]! / 1000)),
      admittedMicros: ids.map((id) => micros(table.admittedNanos[id]!)),
      firstTokenMicros: ids.map((id) => micros(table.firstTokenNanos[id]!)),
      endMicros: ids.map((id) => micros(table.endNanos[id]!)),
      slot: ids.map((id) => this.#spans.firstSlot.get(id) ?? null),
      tpotMicros: kept.map((i) => micros(all.tpotNanos[i]!)),
    };
  }
}

/** The detail of a whole trace, whose first record is its header. */
export function runDetail(records: Iterable<TraceRecord>, limits = DEFAULT_LIMITS): RunDetail {
  const iterator = records[Symbol.iterator]();
  const header: TraceRecord | undefined = iterator.next().value;
  invariant(header?.kind === 'header', 'a trace is read from its header on');
  const sink = new RunDetailSink(header, limits);
  playTrace({ [Symbol.iterator]: () => iterator }, sink);
  return sink.detail();
}
