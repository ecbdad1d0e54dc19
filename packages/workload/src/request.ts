import type { GroupKind, Nanos, RequestId } from '@flover/policy';
import type { MalformedRow } from './readers/options.ts';

/**
 * How one request's next tokens are chosen.
 *
 * Greedy when `temperature` is 0 or `topK` is 1. Units: token ids, natural-log probabilities.
 */
export interface SamplingParameters {
  /** Softmax temperature, at least 0; 0 is greedy. Default 0. */
  readonly temperature?: number;
  /** Keep the k likeliest tokens; 0 keeps all. Default 0. */
  readonly topK?: number;
  /** Keep the smallest set with at least this probability, in (0, 1]. Default 1. */
  readonly topP?: number;
  /** No end before this many output tokens. Default 0. */
  readonly minOutputTokens?: number;
  /** Divides positive and multiplies negative logits of tokens seen, above 0. Default 1. */
  readonly repetitionPenalty?: number;
  /** Subtracted from the logits of tokens generated. Default 0. Not with `repetitionPenalty`. */
  readonly presencePenalty?: number;
  /** Token sequences that end the output. */
  readonly stop?: readonly (readonly number[])[];
  /** Token sequences that are never generated. */
  readonly badWords?: readonly (readonly number[])[];
  /** Tokens that end the output; default the model's own. */
  readonly endTokens?: readonly number[];
  /** Counter-based random numbers are keyed on this and the position. Default 0. */
  readonly seed?: number;
  /** Return the log-probability of each sampled token. Default false. */
  readonly logProbs?: boolean;
  /** Beam search: exponent of the length normalisation. Default 1. */
  readonly lengthPenalty?: number;
  /** Beam search: rate of FasterTransformer's diversity term. Default 0. */
  readonly diversity?: number;
}

/** One request of a workload: what the client sends, and what only the executor may know. */
export interface WorkloadRequest {
  readonly id: RequestId;
  readonly arrivalNanos: Nanos;
  readonly promptTokens: number;
  /** The prompt itself; made from the seed where it is missing. */
  readonly promptTokenIds?: readonly number[];
  /** The prompt's text, where its source had text; `promptTokenIds` goes before it. */
  readonly promptText?: string;
  readonly maxOutputTokens: number;
  /** The true output length: hidden from policies. Missing: decided by the model's own end. */
  readonly outputTokens?: number;
  readonly group: GroupKind;
  readonly width: number;
  readonly sampling?: SamplingParameters;
  /** The client gives up this long after arrival. */
  readonly cancelAfterNanos?: Nanos;
  /** The name that the request had in its source file. */
  readonly sourceName?: string;
  /** Who sent it, and how urgent it is: whole, lower is more urgent; absent counts as 0. */
  readonly tenant?: string;
  readonly priority?: number;
  /** Names the random stream of its made-up prompt; absent: its number does. */
  readonly promptStream?: string;
}

/**
 * Requests in order of arrival, open or closed loop.
 *
 * A closed loop's next arrivals depend on `finished`. Both executors pull from the same interface.
 */
export interface RequestSource {
  /** Total number of requests this source will give, if known. */
  readonly count: number;
  /** Rows of its file that are no requests and were left out, where that was asked for. */
  readonly leftOut?: readonly MalformedRow[];
  /** Arrival time of the next request, or undefined while none is due to be known. */
  peekNanos(): Nanos | undefined;
  /** The next request. */
  take(): WorkloadRequest;
  /** Tells the source that a request finished or was refused. */
  finished(id: RequestId, timeNanos: Nanos): void;
}
