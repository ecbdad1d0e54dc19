import type { Action, EndEvent, Nanos, SchedulerEvent, Work } from '@flover/policy';
import type { FooterRecord, MeasureRecord, TraceSink } from '@flover/trace';
import type { Slo, TenantSlo } from './goodput.ts';
import { LaneClock } from './lane-clock.ts';
import { Occupancy } from './occupancy.ts';
import { Presence } from './presence.ts';
import { Outcome, RequestTable } from './request-table.ts';
import { type RequestMetrics, requestMetrics } from './requests.ts';
import { Service } from './service.ts';
import { type MetricsSummary, summarise } from './summary.ts';
import { TokenClock } from './token-clock.ts';

/** What a collector shall leave out and judge by. */
export interface MetricsOptions {
  /**
   * Requests that arrive before this are run but not told; iterations, tokens and gaps count from
   * here on. Default 0.
   */
  readonly warmupNanos?: Nanos;
  /** What makes a request count towards goodput; without it goodput is null. */
  readonly slo?: Slo;
  /** In place of `slo`, for the requests of these tenants. */
  readonly tenantSlos?: readonly TenantSlo[];
}

/**
 * Turns a run into metrics while it happens; docs/metrics.md has the formulas.
 *
 * Keeps a few numbers for each request and sequence and none for each token or iteration. Throws
 * an invariant error where the records contradict each other.
 */
export class MetricsCollector implements TraceSink {
  readonly requests = new RequestTable();
  readonly tokens = new TokenClock(this.requests);
  readonly presence = new Presence();
  readonly lanes: LaneClock[] = [];
  readonly slo: Slo | undefined;
  readonly tenantSlos: readonly TenantSlo[];
  /** From the first request on that says its tenant. */
  service: Service | undefined;
  readonly warmupNanos: Nanos;
  occupancy = new Occupancy();
  /** First arrival, or the end of the warm-up if that is later; NaN before. */
  windowStartNanos: Nanos = Number.NaN;
  /** Last end of an iteration or a request. */
  lastEndNanos: Nanos = Number.NaN;
  outcome: FooterRecord['outcome'] | undefined;
  #warming: boolean;

  constructor(options: MetricsOptions = {}) {
    this.warmupNanos = options.warmupNanos ?? 0;
    this.slo = options.slo;
    this.tenantSlos = options.tenantSlos ?? [];
    this.#warming = this.warmupNanos > 0;
  }

  event(event: SchedulerEvent): void {
    const now = event.timeNanos;
    if (this.#warming && now >= this.warmupNanos) this.#startWindow();
    if (event.kind === 'end') this.#end(event);
    else if (event.kind === 'arrive') {
      const sentNanos = Math.max(event.request.arrivalNanos, this.warmupNanos);
      if (!this.#warming && Number.isNaN(this.windowStartNanos)) this.windowStartNanos = sentNanos;
      this.#advance(now);
      this.requests.arrive(event.request);
      if (event.request.tenant !== undefined) this.service ??= this.#newService();
      this.service?.changed(event.request.id);
      // A busy host hears of it late: it has been waiting since it was sent.
      if (!this.#warming) this.presence.wait(now - sentNanos);
    }
  }

  action(action: Action, timeNanos: Nanos): void {
    switch (action.kind) {
      case 'launch':
        this.#lane(action.work.lane).launch(action.work);
        break;
      case 'admit':
        this.#advance(timeNanos);
        this.requests.admit(action.request, action.firstSequence, timeNanos);
        this.tokens.admit(action.request, action.firstSequence);
        this.service?.changed(action.request);
        break;
      case 'finish':
        this.#advance(timeNanos);
        this.requests.finish(action.request, action.reason, action.outputTokens, timeNanos);
        this.tokens.finish(action.request);
        this.service?.changed(action.request);
        // Other ends come with the end of a work, which has its lane counted anew by itself.
        if (action.reason === 'cancelled') for (const lane of this.lanes) lane.decodeRows = -1;
        this.#ended(timeNanos);
        break;
      case 'refuse':
        this.#advance(timeNanos);
        this.requests.end(action.request, Outcome.Refused, 0, timeNanos);
        this.service?.changed(action.request);
        this.#ended(timeNanos);
        break;
      case 'preempt':
        this.occupancy.preempt(action.by);
        break;
      default:
    }
  }

  measure(record: MeasureRecord): void {
    this.#lane(record.lane).measure(record);
  }

  close(footer: FooterRecord): void {
    this.outcome = footer.outcome;
  }

  /** Every metric of the run so far; null where there is nothing to tell. */
  summary(): MetricsSummary {
    return summarise(this);
  }

  /** One entry for each request that arrived in the window, in order of number. */
  requestMetrics(): RequestMetrics {
    return requestMetrics(this.requests, this.warmupNanos);
  }

  #end(event: EndEvent): void {
    const now = event.timeNanos;
    const lane = this.#lane(event.lane);
    const work = lane.end(event.work);
    const { tokens, occupancy } = this;
    const measure = lane.takeMeasure(work, this.warmupNanos);
    this.service?.ended(work);
    tokens.ended(work, event.lane, measure?.startNanos ?? now, now);
    occupancy.ended(work, tokens.lateRows, measure);
    if (tokens.decodeRows > 0) occupancy.decoded(this.#active(lane, work));
    this.#advance(now);
    this.#ended(now);
    for (let i = 0; i < event.stopped.length; i++) tokens.stop(event.stopped[i]!);
  }

  /** Requests that are being decoded on any lane while `ended` ends on lane `on`. */
  #active(on: LaneClock, ended: Work): number {
    const { tokens, lanes } = this;
    if (!tokens.narrow) return this.#activeDistinct(on, ended);
    let active = tokens.decodeRows;
    for (let i = 0; i < lanes.length; i++) {
      const lane = lanes[i]!;
      const running = lane.running;
      if (lane === on || running === undefined) continue;
      if (lane.decodeRows < 0) lane.decodeRows = tokens.liveDecodeRows(running);
      active += lane.decodeRows;
    }
    return active;
  }

  /** The same where requests have several sequences, which may decode on several lanes. */
  #activeDistinct(on: LaneClock, ended: Work): number {
    const requests = new Set<number>();
    this.tokens.decodeRequests(ended, requests);
    for (const lane of this.lanes) {
      if (lane !== on && lane.running) this.tokens.decodeRequests(lane.running, requests);
    }
    return requests.size;
  }

  #advance(now: Nanos): void {
    this.presence.advance(now, this.requests.open, this.requests.waiting);
  }

  #ended(now: Nanos): void {
    this.lastEndNanos = now;
    this.presence.mark();
  }

  /** Also of those that came before and say no tenant. */
  #newService(): Service {
    const service = new Service(this.requests, this.tokens);
    for (let id = 0; id < this.requests.count; id++) {
      if (this.requests.outcome[id] !== Outcome.Absent) service.changed(id);
    }
    return service;
  }

  #lane(index: number): LaneClock {
    while (this.lanes.length <= index) this.lanes.push(new LaneClock(this.lanes.length));
    return this.lanes[index]!;
  }

  #startWindow(): void {
    this.#warming = false;
    if (this.requests.count > 0) this.windowStartNanos = this.warmupNanos;
    this.lastEndNanos = Number.NaN;
    this.presence.reset(this.warmupNanos);
    this.tokens.reset();
    this.service?.reset();
    this.occupancy = new Occupancy();
    for (const lane of this.lanes) lane.reset();
  }
}
