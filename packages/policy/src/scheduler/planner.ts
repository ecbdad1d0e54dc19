import { RowFlag } from '../actions.ts';
import type { LaneView, Plan, SequenceView, WaitingRequests } from '../policy.ts';
import type { Nanos, RequestId, RequestView } from '../request.ts';
import { admit, canAdmit, refuse } from './admission.ts';
import { CallCounter, illegal } from './illegal.ts';
import type { Lane } from './lane.ts';
import { preempt, resume } from './preemption.ts';
import type { RequestEntry } from './request-entry.ts';
import type { Sequence } from './sequence.ts';
import type { State } from './state.ts';
import { WorkBuilder } from './work-builder.ts';

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
  private readonly calls: CallCounter;
  private lane!: Lane;

  constructor(state: State) {
    this.state = state;
    this.builder = new WorkBuilder(state);
    this.calls = new CallCounter(state);
    this.lanes = state.lanes;
    this.maxSequences = state.config.maxSequences;
    this.waiting = state.queue;
    this.sequences = state.active;
  }

  begin(lane: Lane): void {
    this.lane = lane;
    this.starved = undefined;
    this.changed = false;
    this.calls.reset();
    this.builder.begin(lane);
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
    this.calls.count();
    const entry = this.state.entries.get(request.id);
    return entry?.phase === 'waiting' && canAdmit(this.state, entry, this.lane.index);
  }

  admit(request: RequestView): readonly SequenceView[] {
    const entry = this.waitingEntry(request.id, 'admitted');
    if (!canAdmit(this.state, entry, this.lane.index)) return NO_SEQUENCES;
    this.changed = true;
    return admit(this.state, entry, this.lane.index);
  }

  refuse(request: RequestId, reason: string): void {
    refuse(this.state, this.waitingEntry(request, 'refused'), reason);
    this.changed = true;
  }

  prefill(view: SequenceView, tokens: number): boolean {
    const sequence = this.extendable(view, 'prefilled');
    if (sequence.state === 'awaiting-fork') return false;
    if (sequence.state !== 'prefill') {
      throw this.illegal(`prefilled sequence ${sequence.id}, whose prompt is already planned`);
    }
    if (!Number.isSafeInteger(tokens) || tokens < 1) {
      throw this.illegal(
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
    const known = this.known(view, 'decoded');
    const { id } = this.builder;
    if ((known.beams || !known.forked) && known.entry.promptWork === id) return false;
    // The group of a beam may have come in with another beam's call.
    if (known.beams && known.rowWork === id) return true;
    const sequence = this.extendable(known, 'decoded');
    if (sequence.state !== 'decode') {
      throw this.illegal(`decoded sequence ${sequence.id}, whose prompt is not yet planned`);
    }
    if (sequence.computedTokens >= sequence.limitTokens) return false;
    return this.addDecode(sequence);
  }

  decodeAll(): number {
    this.calls.count();
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
    const sequence = this.extendable(view, 'preempted');
    if (!preempt(this.state, this.builder, sequence.entry, by, this.lane.index)) return false;
    this.starved = undefined;
    this.changed = true;
    return true;
  }

  resume(view: SequenceView): boolean {
    const sequence = this.known(view, 'resumed');
    if (sequence.state !== 'preempted') {
      throw this.illegal(`resumed sequence ${sequence.id}, which is not preempted`);
    }
    if (sequence.busyElsewhere(this.lane.index)) return false;
    if (!resume(this.state, this.builder, sequence.entry, this.lane.index)) return false;
    this.changed = true;
    return true;
  }

  wakeAt(timeNanos: Nanos): void {
    this.calls.count();
    if (!Number.isSafeInteger(timeNanos)) {
      throw this.illegal(`asked to be woken at ${timeNanos}, which is no whole nanosecond`);
    }
    const { state } = this;
    const time = Math.max(timeNanos, state.nowNanos);
    if (time === state.wakeNanos) return;
    state.wakeNanos = time;
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

  /** Adds what needs a closer look, or passes it over; false when the memory is dry. */
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

  /** Adds the decode row of a sequence, or the rows of its whole beam group, with their forks. */
  private addDecode(sequence: Sequence): boolean {
    const { memory } = this.state;
    const lane = this.lane.index;
    const { entry } = sequence;
    if (entry.promptWork === this.builder.id) return false;
    const group = sequence.beams
      ? entry.sequences.filter((each) => each.state !== 'ended')
      : [sequence];
    const tokensOf = (each: Sequence): number =>
      each.forked ? each.computedTokens + 1 : each.promptTokens + 1;
    if (entry.unforked > 0 && !this.canForkFrom(entry.root!)) return false;
    if (group.some((each) => each.busyElsewhere(lane))) return false;
    if (tokensOf(sequence) > sequence.limitTokens) return false;
    const missing = group.reduce((sum, each) => sum + memory.missing(each, tokensOf(each)), 0);
    if (!memory.canExtend(missing, lane)) {
      this.starved = sequence;
      return false;
    }
    for (const each of group) {
      memory.extend(each, tokensOf(each), lane);
      if (!each.forked) this.fork(each);
      this.addDecodeRow(each);
    }
    return true;
  }

  /** Forks come before the rows: the prompt must have been computed by an earlier work. */
  private canForkFrom(root: Sequence): boolean {
    if (root.busyElsewhere(this.lane.index)) return false;
    return root.rowWork !== this.builder.id || root.computedTokens > root.promptTokens;
  }

  private fork(sequence: Sequence): void {
    const { entry, promptTokens } = sequence;
    this.builder.addFork(entry.root!, sequence, promptTokens);
    sequence.forked = true;
    sequence.computedTokens = promptTokens;
    sequence.refresh();
    entry.unforked--;
    this.state.tokensUsed += promptTokens;
  }

  private addDecodeRow(sequence: Sequence): void {
    const to = sequence.computedTokens + 1;
    const samples = to >= sequence.promptTokens + sequence.sampledBefore;
    this.builder.addRow(sequence, to, samples ? RowFlag.Decode | RowFlag.Samples : RowFlag.Decode);
  }

  private waitingEntry(id: RequestId, done: string): RequestEntry {
    this.calls.count();
    const entry = this.state.entries.get(id);
    if (entry?.phase === 'waiting') return entry;
    const what =
      entry === undefined ? 'which is unknown or has ended' : 'which is admitted already';
    throw this.illegal(`${done} request ${id}, ${what}`);
  }

  private known(view: SequenceView, done: string): Sequence {
    this.calls.count();
    const sequence = this.state.alive.get(view.id);
    if (sequence === undefined) {
      throw this.illegal(`${done} sequence ${view.id}, which is unknown or was released`);
    }
    if (sequence.state === 'ended') {
      throw this.illegal(`${done} sequence ${view.id}, which has ended`);
    }
    return sequence;
  }

  private extendable(view: SequenceView, done: string): Sequence {
    const sequence = this.known(view, done);
    const id = sequence.id;
    if (sequence.state === 'preempted') {
      throw this.illegal(`${done} sequence ${id}, which is preempted; resume it first`);
    }
    if (sequence.rowWork === this.builder.id) {
      throw this.illegal(`${done} sequence ${id}, which has a row in this work already`);
    }
    if (sequence.busyElsewhere(this.lane.index)) {
      throw this.illegal(`${done} sequence ${id}, which is busy on lane ${sequence.busyLane}`);
    }
    return sequence;
  }

  private illegal(what: string): Error {
    return illegal(this.state, this.lane, what);
  }
}
