import { FloverError } from '@flover/policy';
import type { Profile } from '../cost-models/profile-file.ts';
import { beyondTokens } from '../cost-models/profile-rows.ts';
import { chooseKnots, hatRow } from '../fit/piecewise.ts';
import { fitRelative } from '../fit/robust.ts';
import type { Sample } from './samples.ts';

const MAX_KNOTS = 64;
/** A batch or a length that was measured on purpose has so many samples. */
const DECODE_SAMPLES = 12;
const PREFILL_SAMPLES = 3;
const FEWEST_BATCHES = 3;

/**
 * Decode: at each knot of the batch a constant and a slope over KV tokens, and one bend for all
 * batches at half the longest mean context. Where the samples do not tell these apart there is no
 * bend, then one slope for all batches, and 0 where they do not show any.
 */
export function fitDecode(samples: readonly Sample[]): Profile['decode'] {
  const rows = samples.map((s) => s.features.decodeRows);
  const knots = chooseKnots(onPurpose(samples) ?? rows, MAX_KNOTS, DECODE_SAMPLES);
  const targets = samples.map((s) => s.rowsNanos);
  const hats = rows.map((batch) => hatRow(knots, batch));
  const kv = samples.map((s) => s.features.decodeKvTokens);
  const contextTokens = halfTheLongest(samples);
  const beyond = samples.map((s) => beyondTokens(s.features, contextTokens));
  for (const bent of [true, false]) {
    const each = fitRelative(
      hats.map((hat, i) => [...hat, ...hat.map((w) => w * kv[i]), ...(bent ? [beyond[i]] : [])]),
      targets,
    );
    const slopes = each?.slice(knots.length, 2 * knots.length);
    const more = (bent ? each?.at(-1) : 0) ?? 0;
    // A negative slope says nothing of attention, only that there was too little to tell.
    if (each === undefined || !slopes?.every((slope) => slope >= 0 && slope + more >= 0)) continue;
    const bend = { contextTokens, nanosPerKvToken: more };
    return { knots, nanos: each.slice(0, knots.length), nanosPerKvToken: slopes, bend };
  }
  const [nanos, slope] = withOneSlope(hats, kv, targets, 'decode');
  const bend = { contextTokens, nanosPerKvToken: 0 };
  return { knots, nanos, nanosPerKvToken: knots.map(() => slope), bend };
}

/**
 * The batches of samples in runs that were made for their batch, of which there are two or more:
 * what only came about, at contexts of one run, does not tell a constant from a slope. Undefined
 * where there are fewer than three such batches.
 */
function onPurpose(samples: readonly Sample[]): number[] | undefined {
  const runs = new Map<number, Map<string, number>>();
  for (const { run, features } of samples) {
    const byRun = runs.get(features.decodeRows) ?? new Map<string, number>();
    byRun.set(run, (byRun.get(run) ?? 0) + 1);
    runs.set(features.decodeRows, byRun);
  }
  const often = [...runs].filter(([, byRun]) => {
    return [...byRun.values()].filter((count) => count >= DECODE_SAMPLES).length > 1;
  });
  if (often.length < FEWEST_BATCHES) return undefined;
  return often.flatMap(([batch]) => new Array<number>(DECODE_SAMPLES).fill(batch));
}

function halfTheLongest(samples: readonly Sample[]): number {
  const contexts = samples.map(({ features }) => features.decodeKvTokens / features.decodeRows);
  return Math.round(contexts.reduce((a, b) => Math.max(a, b), 0) / 2);
}

/** Prefill: linear pieces over the tokens, and a slope over attention's pairs. */
export function fitPrefill(samples: readonly Sample[]): Profile['prefill'] {
  const tokens = samples.map((s) => s.features.prefillTokens);
  const knots = chooseKnots(tokens, MAX_KNOTS, PREFILL_SAMPLES);
  const hats = tokens.map((length) => hatRow(knots, length));
  const pairs = samples.map((s) => s.features.prefillPairs);
  const targets = samples.map((s) => s.rowsNanos);
  const [nanos, nanosPerPair] = withOneSlope(hats, pairs, targets, 'prefill');
  return { knots, nanos, nanosPerPair };
}

function withOneSlope(
  hats: readonly (readonly number[])[],
  slopeOver: readonly number[],
  targets: readonly number[],
  phase: string,
): [nanos: number[], slope: number] {
  const sloped = fitRelative(
    hats.map((hat, i) => [...hat, slopeOver[i]]),
    targets,
  );
  if (sloped !== undefined && sloped[sloped.length - 1] >= 0) {
    return [sloped.slice(0, -1), sloped[sloped.length - 1]];
  }
  const flat = fitRelative(hats, targets);
  if (flat !== undefined) return [flat, 0];
  throw new FloverError(
    'calibration-incomplete',
    `${targets.length} undisturbed ${phase} works are too few to fit`,
    'measure works of several sizes, one lane at a time',
  );
}
