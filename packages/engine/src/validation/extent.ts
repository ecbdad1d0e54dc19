/** How large the worlds of a check are: limits of the scheduler, and what arrives. */
export interface Extent {
  readonly name: string;
  readonly maxSequences: number;
  readonly maxSequenceTokens: number;
  readonly requests: { readonly min: number; readonly max: number };
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** Now and then a prompt is as long as this. */
  readonly longPromptTokens: number;
  /** Fewest and most slots; blocks of a paged memory, whatever their size. */
  readonly slots: { readonly min: number; readonly max: number };
  readonly blocks: { readonly min: number; readonly max: number };
  /** The longest time between two arrivals, ns. */
  readonly gapNanos: number;
}

/** Lanes of the widest policy in a world. */
export const lanes = 3;

/** A few requests in memories that run dry: every branch of a scheduler is near, shrinking is quick. */
export const few: Extent = {
  name: 'few',
  maxSequences: 6,
  maxSequenceTokens: 48,
  requests: { min: 1, max: 7 },
  promptTokens: 24,
  outputTokens: 24,
  longPromptTokens: 24,
  slots: { min: 3, max: 6 },
  blocks: { min: 12, max: 24 },
  gapNanos: 2_000_000,
};

/** Up to 63 companions, and contexts beyond 256 tokens. */
export const crowd: Extent = {
  name: 'crowd',
  maxSequences: 64,
  maxSequenceTokens: 320,
  requests: { min: 48, max: 72 },
  promptTokens: 24,
  outputTokens: 24,
  longPromptTokens: 290,
  slots: { min: 40, max: 64 },
  blocks: { min: 240, max: 480 },
  gapNanos: 20_000,
};

/** A few requests for a model of real size: seconds on a GPU, little KV memory beside the weights. */
export const whole: Extent = {
  name: 'whole',
  maxSequences: 32,
  maxSequenceTokens: 96,
  requests: { min: 12, max: 12 },
  promptTokens: 24,
  outputTokens: 20,
  longPromptTokens: 64,
  slots: { min: 32, max: 32 },
  blocks: { min: 32, max: 32 },
  gapNanos: 20_000_000,
};
