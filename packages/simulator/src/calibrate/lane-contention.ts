import type { Interference, PromptSharing } from '../cost-models/interference.ts';
import type { Phases } from '../cost-models/profile-rows.ts';
import type { Given } from '../cost-models/slowdown.ts';
import { lowest } from '../fit/lowest.ts';
import { isPrefill } from './pairs.ts';
import type { Sample } from './samples.ts';
import { givenOf, meanSlowdown, partsOf, type Span, spansOf } from './spans.ts';

/** As many works that only their own kind ran beside tell the ratio better than all do. */
const FEWEST_OF_ONE_KIND = 24;
/** Coordinate descent: so many rounds at most, until one gains less than this share. The numbers depend on each other. */
const MOST_ROUNDS = 12;
const LEAST_GAIN = 0.002;

/** What works of one kind do to each other, and several of the other kind to them. */
export type LaneContention = Pick<
  Interference,
  'decodeByDecodeRatio' | 'decodeByPrefillsExponent' | 'prefillByDecodesExponent'
> & { readonly sharing: PromptSharing };

/** Where nothing tells: works of a kind share evenly, and each of the other kind adds as much. */
export function evenContention(): LaneContention {
  return {
    decodeByDecodeRatio: 1,
    decodeByPrefillsExponent: 1,
    prefillByDecodesExponent: 1,
    sharing: {
      leastExponent: 1,
      exponentPerShare: 0,
      overcommitRatio: 1,
      roomExponent: 0,
      decodeLanesExponent: 0,
    },
  };
}

/** Of all that is known of works beside each other. */
export function contentionOf(known: LaneContention): LaneContention {
  const { decodeByDecodeRatio, decodeByPrefillsExponent, prefillByDecodesExponent, sharing } =
    known;
  return { decodeByDecodeRatio, decodeByPrefillsExponent, prefillByDecodesExponent, sharing };
}

type WithContention = Interference & LaneContention;

/** A number of `LaneContention`, and the most that it may be. */
interface Unknown {
  readonly most: number;
  set(contention: WithContention, value: number): WithContention;
}

const shared = (name: keyof PromptSharing, most: number): Unknown => ({
  most,
  set: (contention, value) => ({
    ...contention,
    sharing: { ...contention.sharing, [name]: value },
  }),
});
const own = (name: Exclude<keyof LaneContention, 'sharing'>, most: number): Unknown => ({
  most,
  set: (contention, value) => ({ ...contention, [name]: value }),
});

const RATIO = [own('decodeByDecodeRatio', 4)];
const DECODE_BESIDE_PROMPTS = [
  own('decodeByPrefillsExponent', 4),
  shared('decodeLanesExponent', 1),
];
const PROMPTS_AMONG_PROMPTS = [
  shared('leastExponent', 1),
  shared('exponentPerShare', 2),
  shared('overcommitRatio', 4),
  shared('roomExponent', 2),
];
const PROMPTS_BESIDE_DECODES = [own('prefillByDecodesExponent', 1)];

/**
 * Fits what lanes that decode do to each other, and prompts of several lanes to them. The ratio
 * follows from works beside their own kind alone, if there are enough: in company of both kinds a
 * ratio that is wrong can make up for what is wrong about prompts.
 */
export function fitDecodeContention(
  crowded: readonly Sample[],
  found: WithContention,
  phases: Phases,
): WithContention {
  const seen = seenOf(crowded, false, found, phases);
  const inTurns = seen.filter(({ spans }) => spans.some(({ beside }) => beside.turns > 0));
  const ofOneKind = inTurns.filter(({ spans }) => spans.every(({ beside }) => beside.others === 0));
  const besidePrompts = seen.filter(({ spans }) => spans.some(({ beside }) => beside.others > 0));
  if (ofOneKind.length >= FEWEST_OF_ONE_KIND) {
    const ratio = nearest(found, RATIO, ofOneKind, false);
    return nearest(ratio, DECODE_BESIDE_PROMPTS, besidePrompts, false);
  }
  const ratio = inTurns.length > 0 ? RATIO : [];
  const prompts = besidePrompts.length > 0 ? DECODE_BESIDE_PROMPTS : [];
  return nearest(found, [...ratio, ...prompts], seen, false);
}

/** Fits what prompts of several lanes do to each other, and several lanes that decode to them. */
export function fitPromptContention(
  crowded: readonly Sample[],
  found: WithContention,
  phases: Phases,
): WithContention {
  const seen = seenOf(crowded, true, found, phases);
  const among = seen.some(({ given }) => given.sharers > 1);
  const decodes = seen.some(({ spans }) => spans.some(({ beside }) => beside.others > 1));
  const unknowns = [
    ...(among ? PROMPTS_AMONG_PROMPTS : []),
    ...(decodes ? PROMPTS_BESIDE_DECODES : []),
  ];
  return nearest(found, unknowns, seen, true);
}

/** A work that several lanes ran beside. */
interface Seen {
  readonly undisturbedNanos: number;
  readonly leftNanos: number;
  readonly spans: readonly Span[];
  readonly given: Given;
  readonly took: number;
}

function seenOf(
  crowded: readonly Sample[],
  prefills: boolean,
  found: Interference,
  phases: Phases,
): Seen[] {
  return crowded
    .filter((sample) => isPrefill(sample) === prefills)
    .map((sample) => ({
      ...partsOf(sample, phases),
      spans: spansOf(sample, phases, found),
      given: givenOf(sample, phases),
      took: sample.rowsNanos,
    }));
}

/** With the unknowns of the least mean size of relative errors, which a few strange works hardly move. */
function nearest(
  found: WithContention,
  unknowns: readonly Unknown[],
  works: readonly Seen[],
  prefills: boolean,
): WithContention {
  if (works.length === 0) return found;
  const error = (tried: WithContention) =>
    works.reduce((sum, { undisturbedNanos, leftNanos, spans, given, took }) => {
      const nanos = undisturbedNanos + leftNanos * meanSlowdown(spans, tried, prefills, given);
      return sum + Math.abs(nanos / took - 1);
    }, 0);
  let contention = found;
  let before = Number.POSITIVE_INFINITY;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    for (const { set, most } of unknowns) {
      const value = lowest((tried) => error(set(contention, tried)), 0, most);
      contention = set(contention, value);
    }
    const now = error(contention);
    if (unknowns.length < 2 || now > (1 - LEAST_GAIN) * before) break;
    before = now;
  }
  return contention;
}
