/** A mean rate, said in either unit. */
export type Rate = { readonly requestsPerSecond: number } | { readonly meanIntervalMs: number };

/** Request i arrives at exactly i intervals; the first at time 0. */
export type ConstantArrivals = { readonly kind: 'constant'; readonly intervalMs: number };

/** Independent exponential gaps; the first gap starts at time 0. */
export type PoissonArrivals = { readonly kind: 'poisson' } & Rate;

/** Independent gamma gaps: a coefficient of variation above 1 is burstier than Poisson. */
export type GammaArrivals = {
  readonly kind: 'gamma';
  /** Standard deviation of a gap over its mean, above 0; 1 is Poisson. */
  readonly coefficientOfVariation: number;
} & Rate;

/** A Poisson process whose rate switches between on and off; the run begins with an on phase. */
export type BurstArrivals = {
  readonly kind: 'bursts';
  readonly onMs: number;
  readonly offMs: number;
  readonly onRequestsPerSecond: number;
  /** Default 0. */
  readonly offRequestsPerSecond?: number;
  /** Phase lengths as given, or exponential with these means. Default 'fixed'. */
  readonly phases?: 'fixed' | 'exponential';
};

/** All requests arrive at one time. */
export type AllAtOnceArrivals = { readonly kind: 'all-at-once'; readonly atMs?: number };

/** The arrival times themselves, ascending; at least as many as there are requests. */
export type ExplicitArrivals = {
  readonly kind: 'explicit';
  readonly timesNanos: readonly number[];
};

/** Clients that each wait for their answer, think, and ask again. */
export type ClosedLoopArrivals = {
  readonly kind: 'closed-loop';
  /** Number of clients. */
  readonly concurrency: number;
  /** Mean time between an answer and the client's next request. */
  readonly thinkTimeMs: number;
  /** Default 'constant'. */
  readonly thinkTime?: 'constant' | 'exponential';
};

/** How requests arrive when nobody waits for an answer. */
export type OpenArrivalConfig =
  | ConstantArrivals
  | PoissonArrivals
  | GammaArrivals
  | BurstArrivals
  | AllAtOnceArrivals
  | ExplicitArrivals;

export type ArrivalConfig = OpenArrivalConfig | ClosedLoopArrivals;

/** Absolute arrival times, one after the other, never descending. */
export interface ArrivalProcess {
  /** The next arrival, integer nanoseconds since the run began. */
  nextNanos(): number;
}
