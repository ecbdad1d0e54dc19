import type { Interference } from './profile-file.ts';

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
