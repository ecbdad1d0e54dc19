/**
 * How works slow each other down while they run at once. A work with prompt rows counts as prefill.
 *
 * What prefill and decode add to each other, e, is a surface over the prefill's own time alone, which
 * steps where its kernels do, and over the decode rows as engines pad them: linear between knots,
 * constant beyond. That is for the share of decode's time without attention; attention adds and
 * loses as surfaces of its own say. A prompt that the device was given while it was idle got all of it,
 * whatever joined later: see `GivenAlone`. What several lanes do to each other: `PromptSharing`.
 *
 * Decode (`decodeCrowd`) holds the device for so much of its time alone, the ratio, whoever is in
 * company, and what prompts add comes once, not for every lane that decodes:
 * max(1, min(1, ratio) + ratio x sum of T_j / T_i over the others that decode) + what prompts add.
 *
 * Older profiles, without `sharing`: works of one kind take turns, in proportion to their own time alone
 * over the other's; works of the other kind take a part of the device from all of these. So a work takes
 * (1 + ratio x sum of T_j / T_i over its own kind) x (1 + mean e x n^exponent over the n of the other)
 * times as long: with the exponent 1 each of the other kind adds as much as a single one, with 0 they
 * add no more than one. Without `decodeCrowd` decode is slowed down by that product as well.
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
