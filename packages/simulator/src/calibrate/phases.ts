import { FloverError } from '@flover/policy';
import type { Profile } from '../cost-models/profile-file.ts';
import { chooseKnots, hatRow } from '../fit/piecewise.ts';
import { fitRelative } from '../fit/robust.ts';
import type { Sample } from './samples.ts';

const MAX_KNOTS = 64;
/** A batch or a length that was measured on purpose has so many samples. */
const DECODE_SAMPLES = 12;
const PREFILL_SAMPLES = 3;

/**
 * Decode: at each knot of the batch a constant and a slope over KV tokens. Where the samples do
 * not tell the slopes apart there is one for all batches, and 0 where they do not show any.
 */
export function fitDecode(samples: readonly Sample[]): Profile['decode'] {
  const rows = samples.map((s) => s.features.decodeRows);
  const knots = chooseKnots(rows, MAX_KNOTS, DECODE_SAMPLES);
  const targets = samples.map((s) => s.rowsNanos);
  const hats = rows.map((batch) => hatRow(knots, batch));
  const kv = samples.map((s) => s.features.decodeKvTokens);
  const each = fitRelative(
    hats.map((hat, i) => [...hat, ...hat.map((weight) => weight * kv[i])]),
    targets,
  );
  // A negative slope says nothing of attention, only that there was too little to tell.
  if (each?.slice(knots.length).every((slope) => slope >= 0)) {
    return { knots, nanos: each.slice(0, knots.length), nanosPerKvToken: each.slice(knots.length) };
  }
  const [nanos, slope] = withOneSlope(hats, kv, targets, 'decode');
  return { knots, nanos, nanosPerKvToken: knots.map(() => slope) };
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
