import type { Phase, SlotSpans } from './report-data.ts';

/** Spans that were merged are no longer than this many thresholds, so that gaps stay visible. */
const LONGEST = 32;

type Columns = { -readonly [K in keyof SlotSpans]: SlotSpans[K][number][] };

/** What is merged so far in one slot. */
interface Cluster {
  slot: number;
  first: number;
  last: number;
  start: number;
  end: number;
  tokens: number;
  count: number;
  /** Time in each phase. */
  readonly micros: Map<Phase, number>;
}

/**
 * Joins neighbours in a slot that are shorter than the threshold, and no further apart: what would
 * be thinner than can be drawn. The longer phase gives its name; moves join with moves alone.
 */
export function mergeShort(spans: SlotSpans, thresholdMicros: number): SlotSpans {
  if (thresholdMicros <= 0) return spans;
  const out: Columns = emptySpans();
  for (const track of tracks(spans)) {
    let open: Cluster | undefined;
    for (const i of track) {
      const next = cluster(spans, i);
      if (open !== undefined && joins(open, next, thresholdMicros)) {
        join(open, next);
        continue;
      }
      if (open !== undefined) add(out, open);
      const isShort = next.end - next.start < thresholdMicros;
      open = isShort ? next : undefined;
      if (!isShort) add(out, next);
    }
    if (open !== undefined) add(out, open);
  }
  return out;
}

/** At most `limit` spans: merged under the threshold given, or twice it, or four times ... */
export function fitSpans(spans: SlotSpans, limit: number, thresholdMicros: number): SlotSpans {
  let fitting = mergeShort(spans, thresholdMicros);
  let threshold = Math.max(1, thresholdMicros);
  // Spans that no threshold joins are those of different slots: at most two a slot then remain.
  while (fitting.slot.length > limit && threshold < Number.MAX_SAFE_INTEGER) {
    threshold *= 2;
    fitting = mergeShort(fitting, threshold);
  }
  return fitting;
}

/** No spans. */
export function emptySpans(): Columns {
  return {
    ...{ slot: [], request: [], lastRequest: [], phase: [] },
    ...{ startMicros: [], endMicros: [], tokens: [], count: [] },
  };
}

/** Positions of spans in order of time: a list a slot, and one for the moves of each slot. */
function tracks(spans: SlotSpans): Iterable<number[]> {
  const lists = new Map<number, number[]>();
  for (let i = 0; i < spans.slot.length; i++) {
    const key = spans.slot[i]! * 2 + Number(spans.phase[i] === 'move');
    const list = lists.get(key);
    if (list === undefined) lists.set(key, [i]);
    else list.push(i);
  }
  for (const list of lists.values()) {
    list.sort((a, b) => spans.startMicros[a]! - spans.startMicros[b]!);
  }
  return lists.values();
}

function cluster(spans: SlotSpans, i: number): Cluster {
  const [start, end] = [spans.startMicros[i]!, spans.endMicros[i]!];
  return {
    slot: spans.slot[i]!,
    first: spans.request[i]!,
    last: spans.lastRequest[i]!,
    start,
    end,
    tokens: spans.tokens[i]!,
    count: spans.count[i]!,
    micros: new Map([[spans.phase[i]!, end - start]]),
  };
}

function joins(open: Cluster, next: Cluster, threshold: number): boolean {
  const isShort = next.end - next.start < threshold && next.start - open.end < threshold;
  return isShort && next.end - open.start < threshold * LONGEST;
}

function join(open: Cluster, next: Cluster): void {
  open.end = Math.max(open.end, next.end);
  open.first = Math.min(open.first, next.first);
  open.last = Math.max(open.last, next.last);
  open.tokens += next.tokens;
  open.count += next.count;
  for (const [phase, micros] of next.micros) {
    open.micros.set(phase, (open.micros.get(phase) ?? 0) + micros);
  }
}

function add(out: Columns, cluster: Cluster): void {
  let [longest] = cluster.micros;
  for (const entry of cluster.micros) if (entry[1] > longest![1]) longest = entry;
  out.slot.push(cluster.slot);
  out.request.push(cluster.first);
  out.lastRequest.push(cluster.last);
  out.phase.push(longest![0]);
  out.startMicros.push(cluster.start);
  out.endMicros.push(cluster.end);
  out.tokens.push(cluster.tokens);
  out.count.push(cluster.count);
}
