import type { Interference } from '../cost-models/profile-file.ts';
import type { Phases } from '../cost-models/profile-rows.ts';
import { lowest } from '../fit/lowest.ts';
import { isPrefill } from './pairs.ts';
import type { Sample } from './samples.ts';
import { meanSlowdown, partsOf, type Span, spansOf } from './spans.ts';

/** Where nothing tells: works of a kind share evenly, and each of the other kind adds as much. */
const UNSEEN = 1;
const LARGEST_RATIO = 4;

/** What works of one kind do to each other, and several of the other kind to them. */
export interface Crowd {
  readonly ratio: number;
  readonly exponent: number;
}

/**
 * Fits `Crowd` for decode or for prefill to works that several lanes ran beside: the least mean size of
 * relative errors, which a few strange works hardly move.
 */
export function fitCrowd(
  crowded: readonly Sample[],
  prefills: boolean,
  found: Interference,
  phases: Phases,
): Crowd {
  const seen = crowded
    .filter((sample) => isPrefill(sample) === prefills)
    .map((s) => ({ ...partsOf(s, phases), spans: spansOf(s, phases, found), took: s.rowsNanos }));
  const shows = (what: (span: Span) => boolean) => seen.some(({ spans }) => spans.some(what));
  const error = (crowd: Crowd) => {
    const tried = withCrowd(found, prefills, crowd);
    return seen.reduce((sum, { undisturbedNanos, leftNanos, spans, took }) => {
      const nanos = undisturbedNanos + leftNanos * meanSlowdown(spans, tried, prefills);
      return sum + Math.abs(nanos / took - 1);
    }, 0);
  };
  const bestRatio = (exponent: number) =>
    shows(({ turns }) => turns > 0)
      ? lowest((ratio) => error({ ratio, exponent }), 0, LARGEST_RATIO)
      : UNSEEN;
  const exponent = shows(({ others }) => others > 1)
    ? lowest((tried) => error({ ratio: bestRatio(tried), exponent: tried }), 0, 1)
    : UNSEEN;
  return { ratio: bestRatio(exponent), exponent };
}

/** The same interference with this crowd for decode or for prefill. */
export function withCrowd(
  found: Interference,
  prefills: boolean,
  { ratio, exponent }: Crowd,
): Interference {
  return prefills
    ? { ...found, prefillByPrefillRatio: ratio, prefillByDecodesExponent: exponent }
    : { ...found, decodeByDecodeRatio: ratio, decodeByPrefillsExponent: exponent };
}
