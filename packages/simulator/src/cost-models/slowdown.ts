import type { Interference } from './profile-file.ts';
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
  return (1 + ratio * turns) * (1 + together);
}

/**
 * What a prefill adds to a decode work, or that to a prefill (`toPrefill`), with attention taking this
 * share of decode's time alone.
 */
export function excessOf(
  interference: Interference,
  toPrefill: boolean,
  prefill: Place,
  decode: Place,
  attentionShare: number,
): number {
  const { prefillByDecode, prefillByDecodeAttention } = interference;
  const { decodeByPrefill, decodeAttentionByPrefill } = interference;
  const rest = surfaceAt(toPrefill ? prefillByDecode : decodeByPrefill, prefill, decode);
  if (attentionShare === 0) return rest;
  const surface = toPrefill ? prefillByDecodeAttention : decodeAttentionByPrefill;
  return rest + attentionShare * (surfaceAt(surface, prefill, decode) - rest);
}
