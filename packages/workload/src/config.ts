import type { GroupKind } from '@flover/policy';
import type { ArrivalConfig } from './arrivals/config.ts';
import type { LengthConfig, PairConfig } from './lengths/config.ts';
import type { ReadOptions, TraceFormat } from './readers/options.ts';
import type { SamplingParameters } from './request.ts';

/** How many tokens the client asks for at most; the policy sees only this. */
export type OutputLimit =
  /** Exactly the true output length (as the published experiments do). The default. */
  | 'exact'
  /** The same limit for every request; a longer true length ends at the limit. */
  | { readonly tokens: number };

/** What happens to a request whose prompt and output together exceed `maxSequenceTokens`. */
export type TooLong =
  /** The run is refused, naming the request. The default. */
  | 'fail'
  /** Its prompt loses tokens until it fits, then its output; asked for by name only. */
  | 'truncate';

/** A share of the clients gives up, uniformly between the two times after arrival. */
export interface CancelConfig {
  /** Share of requests, in [0, 1]. */
  readonly share: number;
  readonly minAfterMs: number;
  readonly maxAfterMs: number;
}

/** What synthetic and file workloads have in common. */
export interface WorkloadCommon {
  /** Longest prompt plus output that the model takes, tokens. Missing: no limit. */
  readonly maxSequenceTokens?: number;
  readonly tooLong?: TooLong;
  /** Who sends the requests, and how urgent they are; replaces what the rows of a file say. */
  readonly tenant?: string;
  readonly priority?: number;
}

/** Requests drawn from distributions. */
export interface SyntheticWorkload extends WorkloadCommon {
  readonly kind: 'synthetic';
  /** Number of requests, at least 1. */
  readonly requests: number;
  readonly arrivals: ArrivalConfig;
  /** Independent prompt and output lengths; or `lengths`, both at once. */
  readonly prompt?: LengthConfig;
  readonly output?: LengthConfig;
  /** Joint (prompt, output) lengths. */
  readonly lengths?: PairConfig;
  readonly outputLimit?: OutputLimit;
  readonly group?: GroupKind;
  readonly width?: number;
  /** For every request; without a `seed` each request draws its own. */
  readonly sampling?: SamplingParameters;
  readonly cancels?: CancelConfig;
}

/** Requests read from a file, at the times that the file says. */
export interface TraceWorkload extends WorkloadCommon, ReadOptions {
  readonly kind: 'trace';
  readonly format: TraceFormat;
  /** Relative paths start at the experiment file's folder. */
  readonly path: string;
  /** Where it is missing, request files keep the limits that their rows give. */
  readonly outputLimit?: OutputLimit;
}

/** One tenant of several: a whole workload. */
export type WorkloadPart = (SyntheticWorkload | TraceWorkload) & { readonly tenant: string };

/** The requests of several tenants, merged by time of arrival; ties in the order of the parts. */
export interface MixedWorkload {
  readonly kind: 'mix';
  /** At least one; no two of the same tenant, whose name keys the draws of its part. */
  readonly parts: readonly WorkloadPart[];
  /** Of every part: longest prompt plus output that the model takes, tokens. */
  readonly maxSequenceTokens?: number;
}

/** A workload as plain JSON; with a seed and a replication it names one list of requests. */
export type WorkloadConfig = SyntheticWorkload | TraceWorkload | MixedWorkload;
