/**
 * How much longer works take that run at once, on several lanes of one device.
 *
 * There are two kinds of work: prefill (any with prompt rows) and decode. The times that count are those that
 * a work would take alone.
 *
 * - One prefill beside one decode: each takes 1 + e times as long. The e of either kind is a surface over
 *   the prefill's time alone and decode's padded rows, linear between knots and constant beyond. Attention's
 *   part of decode's time has surfaces of its own (`...Attention`).
 * - A prompt that came to an idle device got all of it and keeps it: `GivenAlone`.
 * - Several prefills: `PromptSharing`.
 * - Several decodes, where `decodeCrowd` is 'sum': decode i, of time T_i, takes
 *   max(1, min(1, r) + r x sum of T_j / T_i over the other decodes) times as long, r = `decodeByDecodeRatio`,
 *   and what prompts add comes once, not for each decode.
 *
 * Older profiles have no `sharing`. There works of one kind take turns, and n of the other kind add
 * n^exponent times what one adds: (1 + r x sum of T_j / T_i over its own kind) x (1 + mean e x n^exponent)
 * times as long. Without `decodeCrowd` that product is decode's too.
 */
export interface Interference {
  /** Ascending: time alone of the prefill, nanoseconds. */
  readonly prefillNanos: readonly number[];
  /** Ascending: decode rows, padded (`paddedRows`). */
  readonly decodeRows: readonly number[];
  /** By prefill, then by decode rows. */
  readonly decodeByPrefill: readonly (readonly number[])[];
  readonly decodeAttentionByPrefill: readonly (readonly number[])[];
  readonly prefillByDecode: readonly (readonly number[])[];
  readonly prefillByDecodeAttention: readonly (readonly number[])[];
  readonly givenAlone: GivenAlone;
  /** Where it is missing, decode is slowed down by the product, as prefill is. */
  readonly decodeCrowd?: 'sum';
  readonly decodeByDecodeRatio: number;
  /** Of older profiles; missing where there is `sharing`. */
  readonly prefillByPrefillRatio?: number;
  /** Of the prompts' parts that run; of older profiles of their number, and then up to 1. */
  readonly decodeByPrefillsExponent: number;
  /** Of the lanes that decode, from 0 to 1. */
  readonly prefillByDecodesExponent: number;
  readonly sharing?: PromptSharing;
}

/**
 * Engines give each prompt its part of the device when they give it to the device: 1 of n, where n
 * lanes have prompts then, of what prompts have beside decode. It keeps that part, whoever leaves. A
 * prompt that was given alone counts as 1. With p, the sum of the parts that run, and d lanes that
 * decode, a prompt takes (n^a + overcommitRatio x max(0, p - 1)) x (1 + mean e x d^exponent x
 * p^-roomExponent) times as long, a = min(1, leastExponent + exponentPerShare x s), s the share of its
 * time alone beyond reading the weights (`computeShareOf`); decode loses
 * mean e x p^exponent x d^decodeLanesExponent, the mean over parts.
 */
export interface PromptSharing {
  /** At least 0: prompts that only read the weights lose less than their part of the device. */
  readonly leastExponent: number;
  readonly exponentPerShare: number;
  /** What each part beyond the whole costs those that run. */
  readonly overcommitRatio: number;
  /** Where prompts have little, decode takes what they leave and presses harder. */
  readonly roomExponent: number;
  /** From 0 to 1. */
  readonly decodeLanesExponent: number;
}

/**
 * Prompts that got the whole device: in s of their time T alone, the first pass but for what the
 * shortest prompt takes, (min(T, passNanos) - leastNanos) / T, they lose so much less, and decode beside
 * them so much more.
 */
export interface GivenAlone {
  /** Time alone of a longest pass and of the shortest prompt. */
  readonly passNanos: number;
  readonly leastNanos: number;
  /** From 0 to 1: e of a prompt times 1 - s x this. */
  readonly prefillRelief: number;
  /** e of decode times 1 + s x this. */
  readonly decodeBurden: number;
}
