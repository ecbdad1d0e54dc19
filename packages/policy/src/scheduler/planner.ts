import { RowFlag } from '../actions.ts';
import type { LaneView, Plan, SequenceView, WaitingRequests } from '../policy.ts';
import type { Nanos, RequestId, RequestView } from '../request.ts';
import { admit, canAdmit, refuse } from './admission.ts';
import { addDecode } from './decoding.ts';
import type { Lane } from './lane.ts';
import { PlanChecks } from './plan-checks.ts';
import { preempt, resume } from './preemption.ts';
import type { RequestEntry } from './request-entry.ts';
import type { Sequence } from './sequence.ts';
import type { State } from './state.ts';
import { WorkBuilder } from './work-builder.ts';

/** On a real clock a wake-up asked for sooner than this comes as soon as it can. */
const AT_ONCE_NANOS = 1000;
const NO_SEQUENCES: readonly SequenceView[] = [];

/** What a policy is handed: reads the state, checks every verb, builds the work of one lane. */
export class Planner implements Plan {
  readonly lanes: readonly LaneView[];
  readonly maxSequences: number;
  readonly waiting: WaitingRequests;
  readonly sequences: readonly SequenceView[];
  starved: SequenceView | undefined = undefined;
  /** Whether the policy changed anything since `begin`. */
  changed = false;
  private readonly state: State;
  private readonly builder: WorkBuilder;
  private readonly checks: PlanChecks;
  private lane!: Lane;

  constructor(state: State) {
    this.state = state;
    this.builder = new WorkBuilder(state);
    this.checks = new PlanChecks(state);
    this.lanes = state.lanes;
    this.maxSequences = state.config.maxSequences;
    this.waiting = state.queue;
    this.sequences = state.active;
  }

  begin(lane: Lane): void {
    this.lane = lane;
    this.starved = undefined;
    this.changed = false;
    this.builder.begin(lane);
    this.checks.begin(lane, this.builder.id);
  }

  /** Launches what was planned, if anything; tells whether the policy changed anything. */
  finish(): boolean {
    return this.builder.launch() || this.changed;
  }

  get nowNanos(): Nanos {
    return this.state.nowNanos;
  }
  get prefilling(): number {
    return this.state.prefilling;
  }
  get preempted(): number {
    return this.state.preempted;
  }
  get rows(): number {
    return this.builder.rows.count;
  }
  get newTokens(): number {
    return this.builder.rows.newTokens;
  }

  canAdmit(request: RequestView): boolean {
    this.checks.count();
    const entry = this.state.entries.get(request.id);
    return entry?.phase === 'waiting' && canAdmit(this.state, entry, this.lane.index);
  }

  admit(request: RequestView): readonly SequenceView[] {
    const entry = this.checks.waiting(request.id, 'admitted');
    if (!canAdmit(this.state, entry, this.lane.index)) return NO_SEQUENCES;
    this.changed = true;
    return admit(this.state, entry, this.lane.index);
  }

  refuse(request: RequestId, reason: string): void {
    refuse(this.state, this.checks.waiting(request, 'refused'), reason);
    this.changed = true;
  }

  prefill(view: SequenceView, tokens: number): boolean {
    const sequence = this.checks.extendable(view, 'prefilled');
    if (sequence.state === 'awaiting-fork') return false;
    if (sequence.state !== 'prefill') {
      throw this.checks.illegal(
        `prefilled sequence ${sequence.id}, whose prompt is already planned`,
      );
    }
    if (!Number.isSafeInteger(tokens) || tokens < 1) {
      throw this.checks.illegal(
        `prefilled ${tokens} tokens of sequence ${sequence.id}; at least 1 is allowed`,
      );
    }
    const to = Math.min(sequence.promptTokens, sequence.computedTokens + tokens);
    const last = to === sequence.promptTokens;
    const samples = last && sequence.plannedOutputTokens === 0;
    this.builder.addRow(sequence, to, samples ? RowFlag.Samples : 0);
    if (last) this.endPrompt(sequence.entry, samples);
    return true;
  }

  decode(view: SequenceView): boolean {
    const known = this.checks.known(view, 'decoded');
    const { id } = this.builder;
    if ((known.beams || !known.forked) && known.entry.promptWork === id) return false;
    // The group of a beam may have come in with another beam's call.
    if (known.beams && known.rowWork === id) return true;
    const sequence = this.checks.extendable(known, 'decoded');
    if (sequence.state !== 'decode') {
      throw this.checks.illegal(`decoded sequence ${sequence.id}, whose prompt is not yet planned`);
    }
    if (sequence.computedTokens >= sequence.limitTokens) return false;
    return this.addDecode(sequence);
  }

  decodeAll(): number {
    this.checks.count();
    this.starved = undefined;
    const { active } = this.state;
    const { rows } = this.builder;
    const before = rows.count;
    let next = rows.addPlain(active, 0);
    while (next < active.length) {
      if (!this.tryDecode(active[next]!)) break;
      next = rows.addPlain(active, next + 1);
    }
    return rows.count - before;
  }

  preempt(view: SequenceView, by: 'swap' | 'recompute'): boolean {
    const sequence = this.checks.extendable(view, 'preempted');
    if (!preempt(this.state, this.builder, sequence.entry, by, this.lane.index)) return false;
    this.starved = undefined;
    this.changed = true;
    return true;
  }

  resume(view: SequenceView): boolean {
    const sequence = this.checks.known(view, 'resumed');
    if (sequence.state !== 'preempted') {
      throw this.checks.illegal(`resumed sequence ${sequence.id}, which is not preempted`);
    }
    if (!resume(this.state, this.builder, sequence.entry, this.lane.index)) return false;
    this.changed = true;
    return true;
  }

  wakeAt(timeNanos: Nanos): void {
    this.checks.count();
    if (!Number.isSafeInteger(timeNanos)) {
      throw this.checks.illegal(`asked to be woken at ${timeNanos}, which is no whole nanosecond`);
    }
    const { state } = this;
    const time = Math.max(timeNanos, state.nowNanos);
    if (time === state.wakeNanos) return;
    state.wakeNanos = time;
    state.wakesAtOnce = time - state.nowNanos < AT_ONCE_NANOS;
    state.actions.push({ kind: 'wake', timeNanos: time });
  }

  /** The last row of a prompt: all sequences of the group may decode after it. */
  private endPrompt(entry: RequestEntry, samples: boolean): void {
    entry.promptWork = this.builder.id;
    for (const sequence of entry.sequences) {
      if (sequence.state === 'ended') continue;
      this.state.change(sequence, 'decode');
      if (!samples) continue;
      sequence.sampledBefore = 1;
      this.builder.name(sequence);
    }
  }

  /** Adds what needs a closer look, or passes it over; false when the memory is exhausted. */
  private tryDecode(sequence: Sequence): boolean {
    if (
      sequence.state === 'decode' &&
      sequence.rowWork !== this.builder.id &&
      sequence.computedTokens < sequence.limitTokens &&
      !sequence.busyElsewhere(this.lane.index)
    ) {
      this.addDecode(sequence);
    }
    return this.starved === undefined;
  }

  private addDecode(sequence: Sequence): boolean {
    const outcome = addDecode(this.state, this.builder, sequence, this.lane.index);
    if (outcome === 'dry') this.starved = sequence;
    return outcome === 'added';
  }
}
