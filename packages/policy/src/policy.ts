import type { Nanos, RequestId, RequestView, SequenceId } from './request.ts';

/** What a policy promises beyond the laws that bind every policy; each claim is tested. */
export interface Claims {
  /** Requests are admitted in order of arrival. */
  readonly fifoAdmission?: boolean;
  /** No lane idles while there is admitted work it could do. */
  readonly workConserving?: boolean;
  /** A request waits at most this many other requests' admissions that arrived after it. */
  readonly maxOvertakes?: number;
}

/**
 * Where a sequence is in its life.
 *
 * `awaiting-fork`: a later sequence of a group whose prompt is still being computed in the first.
 * `decode`: its whole prompt is computed, or will be by the work already queued. `preempted`: it
 * holds no memory. `ended`: it stopped; a policy sees this only of a view that it kept.
 */
export type SequenceState = 'prefill' | 'awaiting-fork' | 'decode' | 'preempted' | 'ended';

/**
 * A sequence as a policy sees it. `planned` counts assume that all queued work ends normally.
 *
 * A view is live: it shows the present as long as it is kept.
 */
export interface SequenceView {
  readonly id: SequenceId;
  readonly request: RequestView;
  /** Prompt tokens whose KV is computed, or will be by the work already queued. */
  readonly plannedPromptTokens: number;
  /** Output tokens sampled, or that will be by the work already queued. */
  readonly plannedOutputTokens: number;
  /** Output tokens known to have been sampled. */
  readonly outputTokens: number;
  /** The lane whose queued work holds this sequence, or -1. Only that lane may extend it. */
  readonly busyLane: number;
  readonly state: SequenceState;
}

/**
 * The requests that wait, oldest first.
 *
 * A request that is admitted or refused leaves at once; a loop over the rest goes on undisturbed.
 */
export interface WaitingRequests extends Iterable<RequestView> {
  readonly length: number;
  /** The oldest, or undefined when none waits. */
  readonly first: RequestView | undefined;
  /** The request with `index` older ones before it, or undefined. */
  at(index: number): RequestView | undefined;
}

/** One lane as a policy sees it. */
export interface LaneView {
  readonly index: number;
  readonly name: string;
  /** Works launched and not ended: at most 1 + planAhead. */
  readonly queued: number;
}

/**
 * What a policy reads and how it speaks: handed to `plan` for each lane that can take a work.
 *
 * Verbs return whether they were granted. An illegal call (unknown sequence, busy lane, a request
 * twice) throws an error that names the policy.
 */
export interface Plan {
  readonly nowNanos: Nanos;
  readonly lanes: readonly LaneView[];
  readonly maxSequences: number;
  /** Requests that arrived and were neither admitted nor refused, in order of arrival. */
  readonly waiting: WaitingRequests;
  /** Sequences of admitted requests that have not ended, in order of admission. */
  readonly sequences: readonly SequenceView[];
  /** How many of them are in state `prefill`. */
  readonly prefilling: number;
  /** How many of them are preempted. */
  readonly preempted: number;
  /** Rows added so far to the work that is being planned. */
  readonly rows: number;
  /** Tokens of these rows. */
  readonly newTokens: number;
  /** The first sequence that was refused a decode in this plan because the memory is exhausted. */
  readonly starved: SequenceView | undefined;
  /** May `admit` succeed now? */
  canAdmit(request: RequestView): boolean;
  /** Gives the request its sequences and memory; an empty array when it does not fit now. */
  admit(request: RequestView): readonly SequenceView[];
  /** Turns the request away for good. */
  refuse(request: RequestId, reason: string): void;
  /**
   * Adds the next `tokens` prompt tokens (fewer if fewer are left) of a sequence to this work.
   * Never refused: an admitted request has the memory of its prompt.
   */
  prefill(sequence: SequenceView, tokens: number): boolean;
  /**
   * Adds the next token of a sequence to this work; of all its group for beams.
   * False when the memory has run dry (then `starved` is set), when all its tokens are planned, or
   * when its group still has to fork and this work or another lane computes the prompt.
   */
  decode(sequence: SequenceView): boolean;
  /**
   * Adds `decode` for every sequence of `sequences` that this lane may decode now and that is not
   * yet in this work, oldest first; stops at the first that memory refuses. Gives the rows added.
   */
  decodeAll(): number;
  /**
   * Takes the memory of a sequence and its whole group away for now. By swap it is kept in host
   * memory: false when that is full or the group is not yet forked. Slot memories take only from
   * sequences that no queued work names, and only by recompute: else false.
   */
  preempt(sequence: SequenceView, by: 'swap' | 'recompute'): boolean;
  /**
   * Brings a preempted group back; false when there is no memory for it yet or, after a recompute,
   * while queued works still name it: they may sample its last token.
   */
  resume(sequence: SequenceView): boolean;
  /** Asks for a timer event, at which every free lane is planned again. */
  wakeAt(timeNanos: Nanos): void;
}

/**
 * A scheduling policy: what one iteration of one lane shall do.
 *
 * `plan` is called for each lane with room, in lane order, after every event, until no lane adds
 * rows. It must be a function of what it is shown and of its own earlier calls: no clock, no
 * randomness, no input or output.
 */
export interface Policy {
  readonly name: string;
  /** Names of the lanes, highest priority first. */
  readonly lanes: readonly string[];
  readonly claims?: Claims;
  /** Asks to see true output lengths; results carry that mark. */
  readonly oracle?: boolean;
  /** Goes by who a tenant is, as with shares by name: renaming tenants may change what it decides. */
  readonly knowsTenants?: boolean;
  plan(lane: LaneView, plan: Plan): void;
}

/** A parameter of a policy: plain JSON. */
export type ParameterValue = number | string | boolean;

/** What a policy file exports by default: makes a fresh policy from its parameters. */
export interface PolicyDefinition<P extends object = Record<string, ParameterValue>> {
  readonly name: string;
  /** Every parameter with its default. */
  readonly parameters: P;
  create(parameters: P): Policy;
}

/** Types a policy definition by its parameters; a policy file's default export is its result. */
export function definePolicy<P extends object>(definition: PolicyDefinition<P>): PolicyDefinition {
  return definition as unknown as PolicyDefinition;
}
