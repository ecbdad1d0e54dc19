import { FloverError } from '@flover/policy';
import type { Profile } from '../cost-models/profile-file.ts';
import { tokensBetween } from '../cost-models/profile-rows.ts';
import { fitNonNegative } from '../fit/non-negative.ts';
import { chooseKnots, hatRow } from '../fit/piecewise.ts';
import { fitRelative, fitRobust } from '../fit/robust.ts';
import type { Sample } from './samples.ts';

const MAX_KNOTS = 64;
/** A batch or a length that was measured on purpose has so many samples. */
const DECODE_SAMPLES = 12;
const PREFILL_SAMPLES = 3;
const FEWEST_BATCHES = 3;
/** Slopes of attention change at these shares of the longest mean context. */
const BENDS = [1 / 6, 1 / 2];
/** What bends that differ weigh: so many times what that makes of the quickest iteration, as an error. */
const TIE = 3;

/**
 * Decode: at each knot of the batch a constant, and slopes over KV tokens that change at two mean
 * contexts, none below 0. What a batch's samples do not tell of its bends is as its neighbours'; where they do
 * not tell constants from slopes there is one slope for all batches, and 0 where they do not show any.
 */
export function fitDecode(samples: readonly Sample[]): Profile['decode'] {
  const rows = samples.map((s) => s.features.decodeRows);
  const knots = chooseKnots(onPurpose(samples) ?? rows, MAX_KNOTS, DECODE_SAMPLES);
  const targets = samples.map((s) => s.rowsNanos);
  const hats = rows.map((batch) => hatRow(knots, batch));
  const kv = samples.map((s) => s.features.decodeKvTokens);
  const bends = bendsOf(samples);
  const design = hats.map((hat, i) => [
    ...hat,
    ...[0, ...bends].flatMap((_, part) => {
      const tokens = tokensBetween(bends, part, rows[i], kv[i]);
      return hat.map((w) => w * tokens);
    }),
  ]);
  const ties = bendTies(knots, bends, targets);
  const slopes = design[0]?.map((_, column) => column).slice(knots.length) ?? [];
  const all = [...targets, ...ties.map(() => 0)];
  const scales = [...targets, ...ties.map(() => 1)];
  const solve = (columns: readonly (readonly number[])[]) => fitRobust(columns, all, scales);
  const fitted = fitNonNegative([...design, ...ties], slopes, solve);
  if (fitted !== undefined) {
    const part = (i: number) => fitted.slice(i * knots.length, (i + 1) * knots.length);
    const nanosPerKvToken = [0, ...bends].map((_, i) => part(i + 1));
    return { knots, nanos: part(0), bends, nanosPerKvToken };
  }
  const [nanos, slope] = withOneSlope(hats, kv, targets, 'decode');
  return { knots, nanos, bends: [], nanosPerKvToken: [knots.map(() => slope)] };
}

/** Where slopes change: at shares of the longest mean context. */
function bendsOf(samples: readonly Sample[]): number[] {
  const contexts = samples.map(({ features }) => features.decodeKvTokens / features.decodeRows);
  const longest = contexts.reduce((a, b) => Math.max(a, b), 0);
  return BENDS.map((share) => Math.round(share * longest));
}

/** Bends of neighbouring batches differ by little, where nothing says more. */
function bendTies(
  knots: readonly number[],
  bends: readonly number[],
  targets: readonly number[],
): number[][] {
  const least = targets.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return knots.slice(1).flatMap((batch, left) =>
    bends.map((context, i) => {
      const row = new Array<number>((bends.length + 2) * knots.length).fill(0);
      const weight = (TIE * batch * context) / least;
      for (const [knot, sign] of [
        [left, 1],
        [left + 1, -1],
      ]) {
        row[(i + 2) * knots.length + knot] = sign * weight;
        row[(i + 1) * knots.length + knot] = -sign * weight;
      }
      return row;
    }),
  );
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
