import { invariant, type Work } from '@flover/policy';
import type { CostModel, DeviceState, WorkCost } from './cost-model.ts';
import type { EventQueue } from './event-queue.ts';
import { withRoom } from './growth.ts';

/** Less work than this, nanoseconds, is a rounding error of the arithmetic. */
const NOTHING_LEFT = 1e-6;

/** A work on its way through its lane. */
export interface LaneWork {
  readonly work: Work;
  /** When the host has launched it: it may not start before. */
  readonly readyNanos: number;
  readonly cost: WorkCost;
  /** When it was launched, tokens: see `MeasureRecord`. */
  readonly kvReservedTokens: number;
  readonly kvUsedTokens: number;
  startNanos: number;
  /**
   * Lanes with prompts, its own counted, when the device was given it: at the launch or, behind
   * another work of its lane, when that began. 0 where all other lanes were idle. Known by its start.
   */
  sharers?: number;
}

interface Lane {
  readonly index: number;
  running: LaneWork | undefined;
  readonly waiting: LaneWork[];
  /** Pending event: the end of the running work or the start of the next; -1 when there is none. */
  handle: number;
}

/**
 * Serial lanes that overlap.
 *
 * Lanes live in the device's time; the host hears of an end `noticeNanos` later. All lane events are
 * queued that much later than they happen, so that their order is the device's.
 *
 * A running work progresses at the rate 1 / slowdown, which is asked of the cost model anew whenever
 * the set of running works changes. A work ends at the first whole nanosecond at which less than
 * 1e-6 ns of it is left; a work that nothing disturbs ends exactly its own duration after its start.
 */
export class Lanes {
  readonly #queue: EventQueue;
  readonly #costModel: CostModel;
  readonly #state: DeviceState | undefined;
  readonly #noticeNanos: number;
  readonly #priority: number;
  readonly #firstPayload: number;
  readonly #lanes: Lane[] = [];
  readonly #runningCosts: WorkCost[] = [];
  readonly #runningLanes: Lane[] = [];
  readonly #sharers: number[] = [];
  #factors = new Float64Array(8);
  // Of each lane's running work: solo time still to be done as of `updated`, nanoseconds.
  #remaining = new Float64Array(8);
  #updated = new Float64Array(8);
  #slowdown = new Float64Array(8);

  /** Lane events are pushed with this priority and the payload `firstPayload` + lane. */
  constructor(queue: EventQueue, costModel: CostModel, priority: number, firstPayload: number) {
    this.#queue = queue;
    this.#costModel = costModel;
    this.#state = costModel.freshState?.();
    this.#noticeNanos = costModel.noticeNanos ?? 0;
    this.#priority = priority;
    this.#firstPayload = firstPayload;
  }

  /** Puts a launched work at the end of its lane. */
  launch(entry: LaneWork): void {
    const lane = this.#lane(entry.work.lane);
    lane.waiting.push(entry);
    if (lane.waiting.length === 1) entry.sharers = this.#sharersWith(lane);
    if (lane.running === undefined && lane.waiting.length === 1) this.#await(lane, entry);
  }

  /**
   * The lane's pending event has come: starts the next work, or ends the running one and returns
   * it, having started its successor if that is ready. Both happened `noticeNanos` before.
   */
  advance(index: number, timeNanos: number): LaneWork | undefined {
    const lane = this.#lane(index);
    const deviceNanos = timeNanos - this.#noticeNanos;
    lane.handle = -1;
    const ended = lane.running;
    if (ended !== undefined) this.#state?.end(ended.cost, deviceNanos);
    lane.running = undefined;
    const next = lane.waiting[0];
    if (next !== undefined) {
      const gapNanos = ended === undefined ? 0 : (next.cost.gapNanos ?? 0);
      const startNanos = deviceNanos + gapNanos;
      if (next.readyNanos <= startNanos) this.#start(lane, next, startNanos);
      else this.#await(lane, next);
    }
    this.#changed(deviceNanos, lane);
    return ended;
  }

  #await(lane: Lane, entry: LaneWork): void {
    const payload = this.#firstPayload + entry.work.lane;
    const heardNanos = entry.readyNanos + this.#noticeNanos;
    lane.handle = this.#queue.push(heardNanos, this.#priority, payload);
  }

  #start(lane: Lane, entry: LaneWork, timeNanos: number): void {
    // Mostly one waits, and taking the last is quicker.
    if (lane.waiting.length === 1) lane.waiting.pop();
    else lane.waiting.shift();
    if (lane.waiting.length > 0) lane.waiting[0].sharers = this.#sharersWith(lane);
    entry.startNanos = timeNanos;
    lane.running = entry;
    const soloNanos =
      this.#state?.begin(entry.cost, timeNanos, entry.sharers) ?? entry.cost.soloNanos;
    this.#remaining[lane.index] = soloNanos;
    this.#updated[lane.index] = timeNanos;
    this.#slowdown[lane.index] = 1;
    const payload = this.#firstPayload + entry.work.lane;
    const heardNanos = timeNanos + soloNanos + this.#noticeNanos;
    lane.handle = this.#queue.push(heardNanos, this.#priority, payload);
  }

  #sharersWith(lane: Lane): number {
    let alone = true;
    let sharers = 1;
    for (let i = 0; i < this.#lanes.length; i++) {
      const { running, waiting } = this.#lanes[i];
      if (i === lane.index || (running === undefined && waiting.length === 0)) continue;
      alone = false;
      if (running?.cost.prefills || waiting.some(({ cost }) => cost.prefills)) sharers++;
    }
    return alone ? 0 : sharers;
  }

  /** Asks for new rates and moves the pending ends accordingly. */
  #changed(timeNanos: number, changed: Lane): void {
    const slowdowns = this.#costModel.slowdowns;
    if (slowdowns === undefined || this.#lanes.length < 2) return;
    const lanes = this.#runningLanes;
    const costs = this.#runningCosts;
    let running = 0;
    for (let i = 0; i < this.#lanes.length; i++) {
      const lane = this.#lanes[i];
      if (lane.running === undefined) continue;
      lanes[running] = lane;
      this.#sharers[running] = lane.running.sharers ?? 1;
      costs[running++] = lane.running.cost;
    }
    if (running === 0 || (running === 1 && lanes[0] === changed)) return;
    if (costs.length !== running) costs.length = running;
    for (let i = 0; i < running; i++) this.#factors[i] = 1;
    if (running > 1) slowdowns.call(this.#costModel, costs, this.#factors, this.#sharers);
    for (let i = 0; i < running; i++) this.#setRate(lanes[i], this.#factors[i], timeNanos);
  }

  #setRate(lane: Lane, slowdown: number, changedNanos: number): void {
    const { index } = lane;
    // A work that waits for its gap to pass has not begun.
    const timeNanos = Math.max(changedNanos, this.#updated[index]);
    const before = this.#slowdown[index];
    if (slowdown === before) return;
    invariant(
      slowdown >= 1,
      () => `cost model slows a work down by ${slowdown}: at least 1 is allowed`,
    );
    const left = this.#remaining[index] - (timeNanos - this.#updated[index]) / before;
    this.#remaining[index] = left;
    this.#updated[index] = timeNanos;
    this.#slowdown[index] = slowdown;
    const leftNanos = Math.ceil(Math.max(0, left * slowdown - NOTHING_LEFT));
    this.#queue.reschedule(lane.handle, timeNanos + leftNanos + this.#noticeNanos);
  }

  #lane(index: number): Lane {
    return index < this.#lanes.length ? this.#lanes[index] : this.#newLane(index);
  }

  #newLane(index: number): Lane {
    for (let i = this.#lanes.length; i <= index; i++) {
      this.#lanes.push({ index: i, running: undefined, waiting: [], handle: -1 });
    }
    this.#factors = withRoom(this.#factors, index + 1);
    this.#remaining = withRoom(this.#remaining, index + 1);
    this.#updated = withRoom(this.#updated, index + 1);
    this.#slowdown = withRoom(this.#slowdown, index + 1);
    return this.#lanes[index];
  }
}
