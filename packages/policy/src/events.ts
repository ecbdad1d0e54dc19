import type { Nanos, RequestId, RequestView, SequenceId } from './request.ts';

/** A request reached the server. */
export interface ArriveEvent {
  readonly kind: 'arrive';
  readonly timeNanos: Nanos;
  readonly request: RequestView;
}

/** The client gave up on a request, or the run is being stopped. */
export interface CancelEvent {
  readonly kind: 'cancel';
  readonly timeNanos: Nanos;
  readonly request: RequestId;
}

/**
 * The oldest unfinished work of a lane ended.
 *
 * `stopped` lists the sequences whose token sampled by this work was their last (end-of-sequence
 * token, stop sequence, beam search complete); the length limit is the scheduler's own business.
 * `tokens` are the sampled token ids in row order (one for each row with the sampling flag), -1
 * where a row gave none, since its sequence had ended before; a simulator leaves them out.
 */
export interface EndEvent {
  readonly kind: 'end';
  readonly timeNanos: Nanos;
  readonly lane: number;
  readonly work: number;
  readonly stopped: readonly SequenceId[];
  readonly tokens?: readonly number[];
}

/** A wake-up that a policy asked for has come. */
export interface TimerEvent {
  readonly kind: 'timer';
  readonly timeNanos: Nanos;
}

/** All that a scheduler is ever told. */
export type SchedulerEvent = ArriveEvent | CancelEvent | EndEvent | TimerEvent;
