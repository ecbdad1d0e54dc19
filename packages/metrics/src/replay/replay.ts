import {
  type Action,
  invariant,
  type Nanos,
  type RequestId,
  type SchedulerEvent,
  type Work,
} from '@flover/policy';
import type { TraceRecord, TraceSink } from '@flover/trace';
import type { ReplayCosts, ReplayState } from './costs.ts';
import { disturb, ReplayLane } from './lane.ts';
import { RequestGate } from './request-gate.ts';
import { readScript, type Script, type ScriptWork } from './script.ts';

/**
 * Lets the decisions of a recorded run happen again with predicted durations.
 *
 * The same works run in the same order on each lane; arrivals, cancels and timers come as long after
 * the event before them as they came, or when they came where nothing was in flight. A work starts when its lane is free, when the event that decided it has happened and the
 * host has launched it, and when what it computes on exists: its requests are admitted and their
 * works on other lanes have ended. All that happens is told to `sink`, which is closed at the end.
 */
export function replayDecisions(
  records: Iterable<TraceRecord>,
  costs: ReplayCosts,
  sink: TraceSink,
): void {
  new Replay(readScript(records), costs, sink).run();
}

class Replay {
  readonly #script: Script;
  readonly #costs: ReplayCosts;
  readonly #state: ReplayState | undefined;
  readonly #sink: TraceSink;
  readonly #lanes: ReplayLane[];
  /** Works told to the sink, by lane: launches are told in recorded order. */
  readonly #told: number[];
  readonly #ended = new Set<number>();
  /** When each event was told, by index. */
  readonly #toldNanos: Nanos[] = [];
  readonly #gate: RequestGate;
  #nextOutside = 0;
  readonly #noticeNanos: Nanos;
  #hostFreeNanos = 0;
  #nowNanos = 0;

  constructor(script: Script, costs: ReplayCosts, sink: TraceSink) {
    this.#script = script;
    this.#costs = costs;
    this.#state = costs.freshState?.();
    this.#noticeNanos = costs.noticeNanos ?? 0;
    this.#sink = sink;
    this.#gate = new RequestGate(script);
    this.#lanes = script.lanes.map((works) => new ReplayLane(works));
    this.#told = script.lanes.map(() => 0);
  }

  run(): void {
    while (this.#advance());
    const { footer, endOf } = this.#script;
    invariant(this.#ended.size === endOf.size, 'a work waits for something that never happens');
    const timeNanos = this.#nowNanos;
    this.#sink.close({ kind: 'footer', outcome: 'failed', ...footer, timeNanos });
  }

  /** Lets the next thing happen; false when nothing is left. */
  #advance(): boolean {
    const outside = this.#script.outside[this.#nextOutside];
    let event = outside ?? Number.POSITIVE_INFINITY;
    let timeNanos = outside === undefined ? Number.POSITIVE_INFINITY : this.#outsideNanos(outside);
    let lane: ReplayLane | undefined;
    for (const each of this.#lanes) {
      const eachNanos = this.#nextNanos(each);
      const eachEvent = this.#nextEvent(each);
      // At equal times starts come first and the others as they were recorded.
      if (eachNanos > timeNanos || (eachNanos === timeNanos && eachEvent > event)) continue;
      if (eachNanos === Number.POSITIVE_INFINITY) continue;
      [timeNanos, event, lane] = [eachNanos, eachEvent, each];
    }
    if (timeNanos === Number.POSITIVE_INFINITY) return false;
    this.#nowNanos = timeNanos;
    if (lane !== undefined) this.#advanceLane(lane);
    else this.#tell(this.#script.outside[this.#nextOutside++]!);
    return true;
  }

  /** When an arrival, cancel or timer comes; never before the recorded event before it has. */
  #outsideNanos(index: number): Nanos {
    const { events, busy } = this.#script;
    const cameNanos = events[index]!.event.timeNanos;
    if (index === 0 || !busy[index]) return Math.max(this.#nowNanos, cameNanos);
    const beforeNanos = this.#toldNanos[index - 1];
    if (beforeNanos === undefined) return Number.POSITIVE_INFINITY;
    const afterNanos = cameNanos - events[index - 1]!.event.timeNanos;
    return Math.max(this.#nowNanos, beforeNanos + afterNanos);
  }

  /** When the host hears of what comes next on a lane: lanes are `noticeNanos` ahead of it. */
  #nextNanos(lane: ReplayLane): Nanos {
    const { current } = lane;
    if (current === undefined) return Number.POSITIVE_INFINITY;
    // A work whose end was not recorded, in a run that was cut off, holds its lane for ever.
    if (lane.running) {
      if (!this.#script.endOf.has(current.work.id)) return Number.POSITIVE_INFINITY;
      return lane.endNanos + this.#noticeNanos;
    }
    const ready = lane.readyNanos[lane.next];
    if (ready === undefined || !this.#mayStart(current)) return Number.POSITIVE_INFINITY;
    return Math.max(ready + this.#noticeNanos, this.#nowNanos);
  }

  #nextEvent(lane: ReplayLane): number {
    return lane.running ? (this.#script.endOf.get(lane.current!.work.id) ?? -1) : -1;
  }

  #mayStart({ after, admitted }: ScriptWork): boolean {
    return (
      after.every((work) => this.#ended.has(work)) &&
      admitted.every((request) => this.#gate.isAdmitted(request))
    );
  }

  #advanceLane(lane: ReplayLane): void {
    const deviceNanos = this.#nowNanos - this.#noticeNanos;
    if (!lane.running) {
      this.#start(lane, deviceNanos);
      disturb(this.#lanes, this.#costs, deviceNanos);
      return;
    }
    const { startNanos } = lane;
    const { work } = lane.end();
    this.#state?.end(work, deviceNanos);
    this.#ended.add(work.id);
    this.#startNext(lane, deviceNanos);
    disturb(this.#lanes, this.#costs, deviceNanos);
    this.#measure(work, startNanos, deviceNanos);
    this.#tell(this.#script.endOf.get(work.id)!);
  }

  /** Starts what was launched while the work before it ran. */
  #startNext(lane: ReplayLane, deviceNanos: Nanos): void {
    const ready = lane.readyNanos[lane.next];
    if (lane.current === undefined || ready === undefined || !this.#mayStart(lane.current)) return;
    const { work } = lane.current;
    const start = deviceNanos + (this.#costs.gapNanos?.(work) ?? 0);
    if (ready <= start) this.#start(lane, start);
  }

  #start(lane: ReplayLane, nanos: Nanos): void {
    const { work } = lane.current!;
    const sharers = lane.sharers[lane.next] ?? 1;
    lane.start(nanos, this.#state?.begin(work, nanos, sharers) ?? this.#costs.predictNanos(work));
    const after = lane.next + 1;
    if (lane.readyNanos[after] !== undefined) this.#give(lane, after);
  }

  #give(lane: ReplayLane, place: number): void {
    const others = this.#lanes.filter((other) => other !== lane && !other.idle);
    const prompts = others.filter(({ hasPrompts }) => hasPrompts).length;
    lane.sharers[place] = others.length === 0 ? 0 : 1 + prompts;
  }

  #measure(work: Work, startNanos: Nanos, endNanos: Nanos): void {
    const recorded = this.#script.measures.get(work.id);
    const costs = this.#costs;
    this.#sink.measure({
      kind: 'measure',
      work: work.id,
      lane: work.lane,
      startNanos,
      endNanos,
      planNanos: costs.planNanos?.(work) ?? 0,
      launchNanos: costs.launchNanos?.(work) ?? 0,
      movedBytes: recorded?.movedBytes ?? 0,
      moveNanos: costs.moveNanos?.(work) ?? 0,
      kvReservedBytes: recorded?.kvReservedBytes ?? 0,
      kvUsedBytes: recorded?.kvUsedBytes ?? 0,
    });
  }

  #tell(index: number): void {
    const { event, actions } = this.#script.events[index]!;
    this.#toldNanos[index] = this.#nowNanos;
    this.#sink.event(at(event, this.#nowNanos));
    if (event.kind === 'arrive') {
      this.#gate.arrive(event.request.id);
      this.#catchUp(event.request.id);
    }
    for (const action of actions) this.#act(action);
  }

  #act(action: Action): void {
    if (action.kind === 'launch') {
      this.#launch(action.work);
    } else if (this.#gate.passes(action)) {
      this.#sink.action(action, this.#nowNanos);
      if (action.kind !== 'admit') return;
      this.#gate.admit(action.request);
      this.#catchUp(action.request);
    }
  }

  #catchUp(request: RequestId): void {
    for (const action of this.#gate.takeEarly(request)) this.#act(action);
  }

  #launch(work: Work): void {
    const lane = this.#lanes[work.lane]!;
    const costs = this.#costs;
    const launchNanos = costs.launchNanos?.(work) ?? 0;
    const plannedNanos =
      Math.max(this.#hostFreeNanos, this.#nowNanos) + (costs.planNanos?.(work) ?? 0);
    this.#hostFreeNanos = plannedNanos + launchNanos;
    const place = this.#script.placeOf.get(work.id)!;
    // The device is given it now, or when what runs before it began, or when that will begin.
    if (place <= lane.next + 1) this.#give(lane, place);
    lane.readyNanos[place] = plannedNanos + (costs.latencyNanos?.(work) ?? launchNanos);
    while (lane.readyNanos[this.#told[work.lane]!] !== undefined) {
      const { work: launched } = lane.works[this.#told[work.lane]!++]!;
      this.#sink.action({ kind: 'launch', work: launched }, this.#nowNanos);
    }
  }
}

/** The same event at another time; a request was sent as much earlier or later. */
function at(event: SchedulerEvent, timeNanos: Nanos): SchedulerEvent {
  if (event.kind !== 'arrive') return { ...event, timeNanos };
  const arrivalNanos = event.request.arrivalNanos + timeNanos - event.timeNanos;
  return { ...event, timeNanos, request: { ...event.request, arrivalNanos } };
}
