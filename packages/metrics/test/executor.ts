import {
  type Action,
  type RequestView,
  RowFlag,
  type SchedulerEvent,
  type Work,
} from '@flover/policy';
import { memorySink, type TraceRecord } from '@flover/trace';
import type { Decider } from '../src/index.ts';

/** A request with what only an executor may know. */
export interface TestRequest extends RequestView {
  /** True output length of each sequence, at most `maxOutputTokens`. */
  readonly outputTokens: number;
  readonly cancelNanos?: number;
}

export interface TestTimes {
  durationNanos(work: Work): number;
  /** From the decision to the start on an idle lane. Default 0. */
  hostNanos?(work: Work): number;
}

/** Output tokens that each sequence has still to make, and the sequences of its request. */
type TokensLeft = Map<number, { tokens: number; readonly group: readonly number[] }>;

type Pending = { timeNanos: number; order: number; make: () => SchedulerEvent };

/**
 * Runs requests in virtual time and records everything: the smallest executor that can be.
 *
 * Lanes are serial and do not disturb each other; ties go to what was known first.
 */
export function execute(
  requests: readonly TestRequest[],
  scheduler: Decider,
  times: TestTimes,
): TraceRecord[] {
  const sink = memorySink();
  const pending: Pending[] = [];
  const lanes: { queue: { work: Work; readyNanos: number }[]; freeNanos: number }[] = [];
  const left: TokensLeft = new Map();
  const byId = new Map(requests.map((request) => [request.id, request]));
  const ended = new Set<number>();
  let order = 0;
  let now = 0;
  let lastNanos = 0;
  let hostFree = 0;
  const at = (timeNanos: number, make: () => SchedulerEvent) =>
    pending.push({ timeNanos, order: order++, make });

  for (const request of requests) {
    const { outputTokens: _, cancelNanos, ...view } = request;
    at(request.arrivalNanos, () => ({ kind: 'arrive', timeNanos: now, request: view }));
    if (cancelNanos === undefined) continue;
    at(cancelNanos, () => ({ kind: 'cancel', timeNanos: now, request: request.id }));
  }

  const start = (lane: number) => {
    const next = lanes[lane]!.queue[0];
    if (next === undefined) return;
    const startNanos = Math.max(next.readyNanos, lanes[lane]!.freeNanos);
    const endNanos = startNanos + times.durationNanos(next.work);
    at(endNanos, () => {
      lanes[lane]!.queue.shift();
      lanes[lane]!.freeNanos = now;
      start(lane);
      sink.measure(measureOf(next.work, startNanos, endNanos));
      return endEvent(next.work, now, left);
    });
  };

  const carryOut = (action: Action) => {
    if (action.kind === 'launch') {
      const { lane } = action.work;
      while (lanes.length <= lane) lanes.push({ queue: [], freeNanos: 0 });
      hostFree = Math.max(hostFree, now) + (times.hostNanos?.(action.work) ?? 0);
      lanes[lane]!.queue.push({ work: action.work, readyNanos: hostFree });
      if (lanes[lane]!.queue.length === 1) start(lane);
    } else if (action.kind === 'admit') {
      const { width, outputTokens } = byId.get(action.request)!;
      const group = Array.from({ length: width }, (_, i) => action.firstSequence + i);
      for (const sequence of group) left.set(sequence, { tokens: outputTokens, group });
    } else if (action.kind === 'wake') {
      at(Math.max(now, action.timeNanos), () => ({ kind: 'timer', timeNanos: now }));
    } else if (action.kind === 'finish' || action.kind === 'refuse') {
      ended.add(action.request);
    }
  };

  for (;;) {
    pending.sort((a, b) => a.timeNanos - b.timeNanos || a.order - b.order);
    const next = pending.shift();
    if (next === undefined) break;
    now = next.timeNanos;
    const event = next.make();
    if (event.kind === 'cancel' && ended.has(event.request)) continue;
    lastNanos = now;
    sink.event(event);
    for (const action of scheduler.step(event)) {
      sink.action(action, now);
      carryOut(action);
    }
  }
  sink.close({ kind: 'footer', timeNanos: lastNanos, outcome: 'complete' });
  return [...sink.records];
}

/** The last prompt row samples a token for each sequence of the group. */
function endEvent(work: Work, timeNanos: number, left: TokensLeft): SchedulerEvent {
  const stopped: number[] = [];
  work.sequences.forEach((sequence, i) => {
    if (!(work.flags[i]! & RowFlag.Samples)) return;
    const { group } = left.get(sequence)!;
    for (const each of work.flags[i]! & RowFlag.Decode ? [sequence] : group) {
      if (--left.get(each)!.tokens === 0) stopped.push(each);
    }
  });
  return { kind: 'end', timeNanos, lane: work.lane, work: work.id, stopped };
}

function measureOf(work: Work, startNanos: number, endNanos: number) {
  const moved = work.moves.reduce((sum, move) => sum + move.tokens, 0);
  return {
    kind: 'measure',
    work: work.id,
    lane: work.lane,
    startNanos,
    endNanos,
    planNanos: 100 + work.id,
    launchNanos: 50,
    movedBytes: moved * 8,
    moveNanos: moved,
    kvReservedBytes: 64 * work.sequences.length,
    kvUsedBytes: 8 * work.decodeKvTokens,
  } as const;
}
