import type { Action, FinishAction, Work } from '../actions.ts';
import { RowFlag } from '../actions.ts';
import type { SchedulerEvent } from '../events.ts';
import type { RequestId, RequestView, SequenceId } from '../request.ts';
import { type CaseRequest, type LawCase, stopsAt } from './case.ts';

/** What an outsider knows of one request. */
export interface RequestEntry {
  readonly view: RequestView;
  readonly hidden: CaseRequest;
  readonly sequences: SequenceEntry[];
  cancelled: boolean;
  refused: number;
  readonly finishes: FinishAction[];
}

/** What an outsider knows of one sequence. */
export interface SequenceEntry {
  readonly id: SequenceId;
  readonly index: number;
  readonly request: RequestEntry;
  /** Output tokens sampled by works that ended. */
  sampled: number;
  /** Output tokens sampled, or that will be by works launched. */
  planned: number;
  /** Tokens whose KV is computed, or will be by works launched; a swap keeps it. */
  kvTokens: number;
  stopped: boolean;
  preempted: 'swap' | 'recompute' | undefined;
  released: boolean;
}

/** True when the sequence will never be extended again, as far as can be known. */
export function hasEnded(sequence: SequenceEntry): boolean {
  const { view, cancelled } = sequence.request;
  return cancelled || sequence.stopped || sequence.sampled >= view.maxOutputTokens;
}

/** True when a request waits: neither admitted nor at its end. */
export function isWaiting(request: RequestEntry): boolean {
  return request.sequences.length === 0 && !isOver(request);
}

/** True when the scheduler has said how the request ended. */
export function isOver(request: RequestEntry): boolean {
  return request.finishes.length > 0 || request.refused > 0;
}

/** Every sequence that a work mentions in any way. */
export function sequencesNamedBy(work: Work): Set<SequenceId> {
  const named = new Set(work.sequences);
  for (const item of [...work.swaps, ...work.moves, ...work.placements]) named.add(item.sequence);
  for (const fork of work.forks) named.add(fork.from).add(fork.to);
  return named;
}

/**
 * Books that an outsider keeps from events and actions alone.
 *
 * It never complains: what a broken scheduler says of unknown things is passed over here and
 * reported by the laws.
 */
export class Ledger {
  readonly requests = new Map<RequestId, RequestEntry>();
  readonly sequences = new Map<SequenceId, SequenceEntry>();
  /** Works launched and not ended, oldest first, for each lane. */
  readonly lanes: Work[][] = [];
  launched = 0;
  private readonly hidden: Map<RequestId, CaseRequest>;

  constructor(world: LawCase, requestIds: readonly RequestId[]) {
    this.hidden = new Map(requestIds.map((id, place) => [id, world.requests[place]!]));
  }

  /** Works launched and not ended on one lane. */
  queue(lane: number): Work[] {
    this.lanes[lane] ??= [];
    return this.lanes[lane];
  }

  /** Lanes whose queued works name the sequence. */
  lanesNaming(sequence: SequenceId): number[] {
    const naming: number[] = [];
    this.lanes.forEach((queue, lane) => {
      if (queue.some((work) => sequencesNamedBy(work).has(sequence))) naming.push(lane);
    });
    return naming;
  }

  /** Sequences that sample a token in this work, in row order; a prompt's end samples for all. */
  samplersOf(work: Work): SequenceEntry[] {
    const samplers: SequenceEntry[] = [];
    for (let row = 0; row < work.sequences.length; row++) {
      const flags = work.flags[row]!;
      if (!(flags & RowFlag.Samples)) continue;
      const sequence = this.sequences.get(work.sequences[row]!);
      if (sequence === undefined) continue;
      if (flags & RowFlag.Decode) samplers.push(sequence);
      else samplers.push(...sequence.request.sequences);
    }
    return samplers;
  }

  /** Sequences whose token sampled by this work is their last, by the hidden ends. */
  stoppedBy(work: Work): SequenceId[] {
    return this.samplersOf(work)
      .filter((sequence) => !hasEnded(sequence) && !isOver(sequence.request))
      .filter(({ request, index, sampled }) => stopsAt(request.hidden, index) === sampled + 1)
      .map((sequence) => sequence.id);
  }

  /** Takes note of an event, before the scheduler's answer to it. */
  event(event: SchedulerEvent): void {
    if (event.kind === 'arrive') this.arrive(event.request);
    if (event.kind === 'cancel') {
      const request = this.requests.get(event.request);
      if (request !== undefined) request.cancelled = true;
    }
    if (event.kind === 'end') {
      const work = this.queue(event.lane).shift();
      if (work === undefined) return;
      for (const sequence of this.samplersOf(work)) {
        if (!hasEnded(sequence)) sequence.sampled++;
        if (event.stopped.includes(sequence.id)) sequence.stopped = true;
      }
    }
  }

  /** Takes note of an action. */
  action(action: Action): void {
    if (action.kind === 'launch') this.launch(action.work);
    if (action.kind === 'admit') this.admit(action.request, action.firstSequence);
    if (action.kind === 'refuse') {
      const request = this.requests.get(action.request);
      if (request !== undefined) request.refused++;
    }
    if (action.kind === 'finish') this.requests.get(action.request)?.finishes.push(action);
    if (action.kind === 'preempt') {
      const sequence = this.sequences.get(action.sequence);
      if (sequence === undefined) return;
      sequence.preempted = action.by;
      if (action.by === 'recompute') sequence.kvTokens = 0;
    }
    if (action.kind === 'release') {
      const sequence = this.sequences.get(action.sequence);
      if (sequence !== undefined) sequence.released = true;
    }
  }

  private arrive(view: RequestView): void {
    const hidden = this.hidden.get(view.id)!;
    const entry = { view, hidden, sequences: [], cancelled: false, refused: 0, finishes: [] };
    this.requests.set(view.id, entry);
  }

  private admit(id: RequestId, firstSequence: SequenceId): void {
    const request = this.requests.get(id);
    if (request === undefined) return;
    for (let index = 0; index < request.view.width; index++) {
      const sequence: SequenceEntry = {
        id: firstSequence + index,
        index,
        request,
        sampled: 0,
        planned: 0,
        kvTokens: 0,
        stopped: false,
        preempted: undefined,
        released: false,
      };
      request.sequences.push(sequence);
      this.sequences.set(sequence.id, sequence);
    }
  }

  private launch(work: Work): void {
    this.launched++;
    this.queue(work.lane).push(work);
    for (const { sequence: id, direction } of work.swaps) {
      const sequence = this.sequences.get(id);
      if (sequence !== undefined && direction === 'in') sequence.preempted = undefined;
    }
    for (const fork of work.forks) {
      const sequence = this.sequences.get(fork.to);
      if (sequence !== undefined) sequence.kvTokens = fork.tokens;
    }
    work.sequences.forEach((id, row) => {
      const sequence = this.sequences.get(id);
      if (sequence === undefined) return;
      sequence.kvTokens = work.to[row]!;
      sequence.preempted = undefined;
    });
    for (const sequence of this.samplersOf(work)) sequence.planned++;
  }
}
