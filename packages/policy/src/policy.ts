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

/** A sequence as a policy sees it. `planned` counts assume that all queued work ends normally. */
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
  readonly state: 'prefill' | 'decode' | 'preempted';
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
  readonly waiting: readonly RequestView[];
  /** Sequences of admitted requests that have not ended, in order of admission. */
  readonly sequences: readonly SequenceView[];
  /** May `admit` succeed now? */
  canAdmit(request: RequestView): boolean;
  /** Gives the request its sequences and memory; an empty array when it does not fit now. */
  admit(request: RequestView): readonly SequenceView[];
  /** Turns the request away for good. */
  refuse(request: RequestId, reason: string): void;
  /** Adds the next `tokens` prompt tokens (fewer if fewer are left) of a sequence to this work. */
  prefill(sequence: SequenceView, tokens: number): boolean;
  /** Adds the next token of a sequence to this work; false when the memory has run dry. */
  decode(sequence: SequenceView): boolean;
  /** Adds `decode` for every sequence of `sequences` that this lane may decode now. */
  decodeAll(): number;
  /** Takes a sequence's memory away for now. */
  preempt(sequence: SequenceView, by: 'swap' | 'recompute'): boolean;
  /** Brings a preempted sequence back; false when there is no memory for it yet. */
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
  plan(lane: LaneView, plan: Plan): void;
}

/** What a policy file exports by default: makes a fresh policy from its parameters. */
export interface PolicyDefinition<P = Record<string, unknown>> {
  readonly name: string;
  /** Every parameter with its default. */
  readonly parameters: P;
  create(parameters: P): Policy;
}
