import type { GivenAlone, Interference, PromptSharing } from './interference.ts';
import { type Place, surfaceAt } from './surface.ts';

/** What runs beside a work; `partOf` says what a part is. */
export interface Beside {
  /** Works of its own kind, and the sum of their times alone over its own. */
  lanes: number;
  turns: number;
  /** Parts of works of the other kind, and the sum over them of what each would add alone times its part. */
  others: number;
  excess: number;
  /** Parts of all prompts, its own counted. */
  parts: number;
}

/** What a prompt's slowdown depends on besides its company: see `PromptSharing`. */
export interface Given {
  readonly sharers: number;
  readonly computeShare: number;
}

/** Nothing runs beside a work; a prompt's own part is `parts`. */
export function nobodyBeside(parts: number): Beside {
  return { lanes: 0, turns: 0, others: 0, excess: 0, parts };
}

/**
 * The part of the prompts' share of a device that a prompt holds which was given as one of so many.
 * Of older profiles a part is a work.
 */
export function partOf({ sharing }: Interference, sharers: number): number {
  return sharing !== undefined && sharers > 1 ? 1 / sharers : 1;
}

/** How many times as long a work takes with this beside it. */
export function slowdownOf(
  interference: Interference,
  prefills: boolean,
  beside: Beside,
  given: Given,
): number {
  const { sharing, decodeByDecodeRatio: ratio } = interference;
  const loss = lossOf(interference, prefills, beside);
  if (prefills) {
    return sharing === undefined
      ? (1 + (interference.prefillByPrefillRatio ?? 1) * beside.turns) * (1 + loss)
      : promptAmongPrompts(sharing, beside.parts, given) * (1 + loss);
  }
  return interference.decodeCrowd === 'sum'
    ? Math.max(1, Math.min(1, ratio) + ratio * beside.turns) + loss
    : (1 + ratio * beside.turns) * (1 + loss);
}

/** What works of the other kind add. */
function lossOf(interference: Interference, prefills: boolean, beside: Beside): number {
  const { others, excess, lanes, parts } = beside;
  const { sharing, prefillByDecodesExponent, decodeByPrefillsExponent } = interference;
  if (others === 0) return 0;
  const exponent = prefills ? prefillByDecodesExponent : decodeByPrefillsExponent;
  const together = others === 1 ? excess : excess * others ** (exponent - 1);
  if (sharing === undefined) return together;
  if (!prefills)
    return lanes === 0 ? together : together * (1 + lanes) ** sharing.decodeLanesExponent;
  return parts === 1 ? together : together * parts ** -sharing.roomExponent;
}

function promptAmongPrompts(sharing: PromptSharing, parts: number, given: Given): number {
  const { leastExponent, exponentPerShare, overcommitRatio } = sharing;
  const exponent = Math.min(1, leastExponent + exponentPerShare * given.computeShare);
  const own = given.sharers > 1 ? given.sharers ** exponent : 1;
  return own + overcommitRatio * Math.max(0, parts - 1);
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
