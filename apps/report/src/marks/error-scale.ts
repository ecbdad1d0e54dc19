import { scaleSymlog } from 'd3';
import type { NumberScale } from './axis.ts';

const LEVELS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

/**
 * Signed errors about 0, percent: linear within ±1 and logarithmic beyond, so that an aim of 1 % and
 * an error of 100 % are both read off. Ticks are `gap` pixels apart at least.
 */
export function errorScale(
  reach: number,
  range: readonly [number, number],
  gap: number,
): NumberScale {
  const scale = scaleSymlog([-reach, reach], range).constant(1);
  const kept: number[] = [];
  // From the middle outwards, so that small errors can be read off.
  for (const level of LEVELS) {
    const apart = Math.abs(scale(level) - scale(kept.at(-1) ?? 0));
    if (level < reach && apart > gap) kept.push(level);
  }
  const ticks = () => [...kept.map((level) => -level).reverse(), 0, ...kept];
  return Object.assign((value: number) => scale(value), {
    ticks,
    range: () => scale.range(),
    domain: () => scale.domain(),
  });
}

/** A tick of such a scale: "+5", "−5", "0". */
export function signedTick(value: number): string {
  return `${value > 0 ? '+' : ''}${value}`.replace('-', '−');
}
