import type { GivenAlone, Interference } from './profile-file.ts';
import { type Place, surfaceAt } from './surface.ts';

/**
 * How many times as long a work takes beside others: `turns` is the sum of the times alone of its own
 * kind over its own, `excess` the sum of what each of the `others`, of the other kind, would add alone.
 */
export function slowdownOf(
  interference: Interference,
  prefills: boolean,
  turns: number,
  excess: number,
  others: number,
): number {
  const ratio = prefills ? interference.prefillByPrefillRatio : interference.decodeByDecodeRatio;
  const exponent = prefills
    ? interference.prefillByDecodesExponent
    : interference.decodeByPrefillsExponent;
  const together = others > 1 ? excess * others ** (exponent - 1) : excess;
  return !prefills && interference.decodeCrowd === 'sum'
    ? Math.max(1, Math.min(1, ratio) + ratio * turns) + together
    : (1 + ratio * turns) * (1 + together);
}

/**
 * What a prefill adds to a decode work, or that to a prefill (`toPrefill`), with attention taking this
 * share of decode's time alone, and `aloneShare` as of a prompt that was given alone, else 0.
 */
export function excessOf(
  interference: Interference,
  toPrefill: boolean,
  prefill: Place,
  decode: Place,
  attentionShare: number,
  aloneShare: number,
): number {
  const { prefillByDecode, prefillByDecodeAttention, givenAlone } = interference;
  const { decodeByPrefill, decodeAttentionByPrefill } = interference;
  const rest = surfaceAt(toPrefill ? prefillByDecode : decodeByPrefill, prefill, decode);
  const surface = toPrefill ? prefillByDecodeAttention : decodeAttentionByPrefill;
  const attention = attentionShare === 0 ? rest : surfaceAt(surface, prefill, decode);
  const excess = rest + attentionShare * (attention - rest);
  if (aloneShare === 0) return excess;
  const { prefillRelief, decodeBurden } = givenAlone;
  return excess * (1 + aloneShare * (toPrefill ? -prefillRelief : decodeBurden));
}

/**
 * The share of a decode work's time alone that its attention takes: all of it where the fit, from noise,
 * has left a constant below 0.
 */
export function attentionShareOf(attentionNanos: number, aloneNanos: number): number {
  return Math.min(1, attentionNanos / Math.max(1, aloneNanos));
}

/** The share of a prompt's time alone for which it has the whole device, were it given alone. */
export function aloneShareOf({ passNanos, leastNanos }: GivenAlone, nanos: number): number {
  return Math.max(0, Math.min(nanos, passNanos) - leastNanos) / Math.max(1, nanos);
}
