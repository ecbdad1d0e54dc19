/** Integer nanoseconds since the run began; a plain number is exact for 104 days. */
export type Nanos = number & { readonly __unit?: 'nanoseconds' };

/** A request's number, as its workload gives them out, mostly in order of arrival; opaque to a policy. */
export type RequestId = number;

/** A sequence's number, given out in order of admission; a request of width n has n sequences. */
export type SequenceId = number;

/** How the sequences of one request belong together. */
export type GroupKind = 'single' | 'samples' | 'beams';

/**
 * What a real server knows of a request when it arrives.
 *
 * The true output length is not here: only `maxOutputTokens`, the limit that the client asked for.
 * `oracleOutputTokens` is present only for a policy that declares `oracle: true`.
 */
export interface RequestView {
  readonly id: RequestId;
  readonly arrivalNanos: Nanos;
  readonly promptTokens: number;
  readonly maxOutputTokens: number;
  readonly group: GroupKind;
  /** Number of sequences: 1, the number of samples, or the beam width. */
  readonly width: number;
  /** Who sent it, where the workload says so; names are opaque to a policy. */
  readonly tenant?: string;
  /** A whole number, lower is more urgent; absent counts as 0. */
  readonly priority?: number;
  readonly oracleOutputTokens?: number;
}

/** Why a request ended. Every request ends exactly once. */
export type FinishReason = 'length' | 'stop' | 'cancelled';
