import { scaleSymlog } from 'd3';
import type { NumberScale } from './axis.ts';

/**
 * Values from 0 on that are spread over decades: logarithmic from `least`, the smallest above 0, and 0
 * itself half a decade or less before it. Ticks are 0 and the 1s and 3s of each decade.
 */
export function zeroLogScale(
  least: number,
  most: number,
  range: readonly [number, number],
): NumberScale {
  const scale = scaleSymlog([0, most], range).constant(least);
  const kept = [0];
  for (let power = Math.floor(Math.log10(least)); 10 ** power <= most; power++) {
    for (const digit of [1, 3]) {
      // A decimal literal: 3 * 10 ** -1 is no 0.3.
      const tick = Number(`${digit}e${power}`);
      if (tick >= least * 0.999 && tick <= most) kept.push(tick);
    }
  }
  const decades = kept.filter((tick) => tick === 0 || Number.isInteger(Math.log10(tick)));
  return Object.assign((value: number) => scale(value), {
    ticks: (count = 5) => (kept.length > 1.6 * count && decades.length > 1 ? decades : kept),
    range: () => scale.range(),
    domain: () => scale.domain(),
  });
}
