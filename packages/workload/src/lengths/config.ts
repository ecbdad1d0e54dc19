import type { ReadOptions, TraceFormat } from '../readers/options.ts';

/** Always the same length, tokens. */
export type FixedLength = { readonly kind: 'fixed'; readonly tokens: number };

/** Whole numbers from `minTokens` to `maxTokens`, both included, equally likely. */
export type UniformLength = {
  readonly kind: 'uniform';
  readonly minTokens: number;
  readonly maxTokens: number;
};

/**
 * Log-normal, rounded to the nearest whole number.
 *
 * Lengths outside [minTokens, maxTokens] are drawn again, never clipped: the tail is cut off, and
 * does not pile up at the limit.
 */
export type LogNormalLength = {
  readonly kind: 'log-normal';
  readonly medianTokens: number;
  /** Standard deviation of the logarithm, above 0. */
  readonly sigma: number;
  /** Default 1. */
  readonly minTokens?: number;
  /** Default: no limit. */
  readonly maxTokens?: number;
};

/** Drawn with replacement from a list, or from a text file with one whole number a line. */
export type EmpiricalLength =
  | { readonly kind: 'empirical'; readonly tokens: readonly number[] }
  | { readonly kind: 'empirical'; readonly path: string };

export type LengthConfig = FixedLength | UniformLength | LogNormalLength | EmpiricalLength;

/** (prompt, output) pairs drawn with replacement, so that their correlation is kept. */
export type PairConfig =
  | { readonly kind: 'pairs'; readonly pairs: readonly (readonly [number, number])[] }
  | ({ readonly kind: 'trace'; readonly format: TraceFormat; readonly path: string } & ReadOptions);
