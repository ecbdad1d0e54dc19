import type { Interference } from '../cost-models/profile-file.ts';
import type { Phases } from '../cost-models/profile-rows.ts';
import { lowest } from '../fit/lowest.ts';
import { isPrefill } from './pairs.ts';
import type { Sample } from './samples.ts';
import { meanSlowdown, partsOf, spansOf } from './spans.ts';

/** Where nothing tells: works of a kind share evenly, and each of the other kind adds as much. */
const UNSEEN = 1;
const LARGEST_RATIO = 4;
/** As many works that only their own kind ran beside tell the ratio better than all do. */
const FEWEST_OF_ONE_KIND = 24;

/** What works of one kind do to each other, and several of the other kind to them. */
export interface Crowd {
  readonly ratio: number;
  readonly exponent: number;
}

/**
 * Fits `Crowd` for decode or for prefill to works that several lanes ran beside: the least mean size of
 * relative errors, which a few strange works hardly move. The ratio follows from works beside their own
 * kind alone, if there are enough: in company of both kinds a ratio that is wrong can make up for
 * what is wrong about the other kind.
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
  const inTurns = seen.filter(({ spans }) => spans.some(({ turns }) => turns > 0));
  const ofOneKind = inTurns.filter(({ spans }) => spans.every(({ others }) => others === 0));
  const error = (works: typeof seen, crowd: Crowd) => {
    const tried = withCrowd(found, prefills, crowd);
    return works.reduce((sum, { undisturbedNanos, leftNanos, spans, took }) => {
      const nanos = undisturbedNanos + leftNanos * meanSlowdown(spans, tried, prefills);
      return sum + Math.abs(nanos / took - 1);
    }, 0);
  };
  const bestRatio = (works: typeof seen, exponent: number) =>
    works.length > 0
      ? lowest((ratio) => error(works, { ratio, exponent }), 0, LARGEST_RATIO)
      : UNSEEN;
  const told = ofOneKind.length < FEWEST_OF_ONE_KIND ? undefined : bestRatio(ofOneKind, UNSEEN);
  const ratioWith = (exponent: number) => told ?? bestRatio(inTurns, exponent);
  const exponent = seen.some(({ spans }) => spans.some(({ others }) => others > 1))
    ? lowest((tried) => error(seen, { ratio: ratioWith(tried), exponent: tried }), 0, 1)
    : UNSEEN;
  return { ratio: ratioWith(exponent), exponent };
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
