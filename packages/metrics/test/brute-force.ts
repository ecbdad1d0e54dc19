import { type RequestView, RowFlag, type Work } from '@flover/policy';
import type { TraceRecord } from '@flover/trace';

/** What the definitions of docs/metrics.md give, with every token kept in memory. */
export interface BruteForce {
  readonly gaps: number[];
  readonly generatedTokens: number;
  readonly lateRows: number;
  readonly ttft: Map<number, number>;
  readonly queueing: Map<number, number>;
  readonly e2e: Map<number, number>;
  /** Requests being decoded at the end of each decode iteration. */
  readonly active: number[];
  readonly sojourns: number[];
}

type Life = { view: RequestView; first: number; endNanos: number };

export function bruteForce(records: readonly TraceRecord[]): BruteForce {
  const lives = new Map<number, Life>();
  const requestOf = new Map<number, number>();
  const tokens = new Map<number, number[]>();
  const stopped = new Set<number>();
  const queues = new Map<number, Work[]>();
  const starts = new Map<number, number>();
  const result = {
    gaps: [] as number[],
    generatedTokens: 0,
    lateRows: 0,
    ttft: new Map<number, number>(),
    queueing: new Map<number, number>(),
    e2e: new Map<number, number>(),
    active: [] as number[],
    sojourns: [] as number[],
  };

  const liveDecodes = (work: Work) =>
    work.sequences
      .filter((s, i) => work.flags[i]! & RowFlag.Decode && !stopped.has(s))
      .map((s) => requestOf.get(s)!);

  const end = (work: Work, now: number) => {
    const decoding = liveDecodes(work);
    if (decoding.length > 0) {
      const all = [...queues.values()].flatMap((queue) => (queue[0] ? liveDecodes(queue[0]) : []));
      result.active.push(new Set(all).size);
    }
    work.sequences.forEach((sequence, i) => {
      const id = requestOf.get(sequence)!;
      const { view, first } = lives.get(id)!;
      if (!result.queueing.has(id)) {
        result.queueing.set(id, starts.get(work.id)! - view.arrivalNanos);
      }
      if (stopped.has(sequence)) {
        result.lateRows++;
      } else if (work.flags[i]! & RowFlag.Samples) {
        const all = result.ttft.has(id) ? [sequence] : members(first, view.width);
        if (!result.ttft.has(id)) result.ttft.set(id, now - view.arrivalNanos);
        for (const each of all) tokens.set(each, [...(tokens.get(each) ?? []), now]);
      }
    });
  };

  for (const record of records) {
    if (record.kind === 'measure') starts.set(record.work, record.startNanos);
    if (record.kind === 'event' && record.event.kind === 'arrive') {
      const { request: view } = record.event;
      lives.set(view.id, { view, first: -1, endNanos: Number.NaN });
    } else if (record.kind === 'event' && record.event.kind === 'end') {
      const queue = queues.get(record.event.lane)!;
      end(queue[0]!, record.event.timeNanos);
      queue.shift();
      for (const sequence of record.event.stopped) stopped.add(sequence);
    } else if (record.kind === 'action') {
      const { action, timeNanos } = record;
      if (action.kind === 'launch') {
        const queue = queues.get(action.work.lane) ?? [];
        queues.set(action.work.lane, [...queue, action.work]);
      } else if (action.kind === 'admit') {
        const life = lives.get(action.request)!;
        life.first = action.firstSequence;
        for (const s of members(life.first, life.view.width)) requestOf.set(s, action.request);
      } else if (action.kind === 'finish' || action.kind === 'refuse') {
        const { view, first } = lives.get(action.request)!;
        result.sojourns.push(timeNanos - view.arrivalNanos);
        if (first >= 0) for (const s of members(first, view.width)) stopped.add(s);
        if (action.kind === 'finish' && action.reason !== 'cancelled') {
          result.e2e.set(view.id, timeNanos - view.arrivalNanos);
        }
      }
    }
  }
  for (const times of tokens.values()) {
    result.generatedTokens += times.length;
    for (let i = 1; i < times.length; i++) result.gaps.push(times[i]! - times[i - 1]!);
  }
  return result;
}

function members(first: number, width: number): number[] {
  return Array.from({ length: width }, (_, i) => first + i);
}
