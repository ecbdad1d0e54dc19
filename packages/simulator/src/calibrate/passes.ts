import type { Profile } from '../cost-models/profile-file.ts';
import { attentionNanos } from '../cost-models/profile-rows.ts';
import { fitNonNegative } from '../fit/non-negative.ts';
import { chooseKnots, hatRow } from '../fit/piecewise.ts';
import { fitRelative } from '../fit/robust.ts';
import { PASS_TOKENS } from '../work-features.ts';
import { isPrefill } from './pairs.ts';
import type { Sample } from './samples.ts';

const MAX_KNOTS = 64;
/** A length that was measured on purpose has so many samples. */
const PREFILL_SAMPLES = 3;
/** Fewer chunks that read more keys than a pass has tokens are not fitted. */
const FEWEST_CHUNKS = 24;
/** What decode rows add to the passes that they share: a constant, rows, attention. */
const ADDED = 3;

export type Passes = Pick<Profile, 'prefill' | 'mixed'>;

/** Whether chunks of long prompts were measured, which whole prompts do not tell of. */
export function showPasses(samples: readonly Sample[]): boolean {
  const chunks = samples.filter(
    ({ features: { prefillKvTokens, passes } }) =>
      prefillKvTokens > 0 && passes.some(({ reachTokens }) => reachTokens > PASS_TOKENS),
  );
  return chunks.length >= FEWEST_CHUNKS;
}

/**
 * Prompts, and decode that shares their passes: a curve over the tokens of a pass, slopes over the tokens
 * up to which its furthest prompt has come, and what decode rows add. Neither curve nor slopes fall, so
 * that more tokens, of a work or before it, never take less time. `quickly`: where they may fall, for a
 * search that only asks how well it fits. Undefined where the columns depend on each other.
 */
export function fitPasses(
  samples: readonly Sample[],
  decode: Profile['decode'],
  quickly = false,
): Passes | undefined {
  const prompts = samples.filter((s) => isPrefill(s) && s.features.passes.length > 0);
  const lengths = prompts
    .filter(({ features }) => features.decodeRows === 0)
    .flatMap(({ features }) => features.passes.map(({ tokens }) => tokens));
  if (lengths.length === 0) return undefined;
  const knots = chooseKnots(lengths, MAX_KNOTS, PREFILL_SAMPLES);
  const reach = reachKnots(knots[knots.length - 1]);
  const rows = prompts.map((sample) => designOf(sample, knots, reach, decode));
  const targets = prompts.map((s) => s.rowsNanos);
  const solve = (columns: readonly (readonly number[])[]) => fitRelative(columns, targets);
  const all = rows[0].map((_, column) => column).filter((column) => used(rows, column));
  const kept = rows.map((row) => all.map((column) => row[column]));
  const fitted = quickly
    ? solve(kept)
    : fitNonNegative(
        kept,
        kept[0].map((_, column) => column),
        solve,
      );
  if (fitted === undefined) return undefined;
  const rises = new Array<number>(rows[0].length).fill(0);
  for (const [i, column] of all.entries()) rises[column] = fitted[i];
  const [nanos, nanosPerRow, attentionFactor] = rises.slice(-ADDED);
  const slopes = rises.slice(knots.length, -ADDED);
  return {
    prefill: {
      knots,
      nanos: summed(rises.slice(0, knots.length)),
      nanosPerPair: 0,
      reach: { knots: reach, nanosPerToken: summed(slopes) },
    },
    mixed: { nanos, prefillFactor: 1, attentionFactor, decodeFactor: 0, nanosPerRow },
  };
}

/** Both sides of every quarter of a pass, where engines need another tile or wave, as far as it goes. */
function reachKnots(longest: number): number[] {
  const quarter = PASS_TOKENS / 4;
  const knots = new Set([1, longest]);
  for (let tokens = quarter; tokens < Math.min(longest, PASS_TOKENS); tokens += quarter) {
    knots.add(tokens);
    if (tokens > quarter) knots.add(tokens + 1);
  }
  return [...knots].sort((a, b) => a - b);
}

/** Each knot's column is by how much its value is above that of the knot before. */
function designOf(
  { features }: Sample,
  knots: readonly number[],
  reach: readonly number[],
  decode: Profile['decode'],
): number[] {
  const row = new Array<number>(knots.length + reach.length).fill(0);
  for (const { tokens, promptTokens, reachTokens } of features.passes) {
    for (const [i, share] of rising(knots, tokens).entries()) row[i] += share;
    for (const [i, share] of rising(reach, promptTokens).entries()) {
      row[knots.length + i] += share * reachTokens;
    }
  }
  const { decodeRows } = features;
  if (decodeRows === 0) return [...row, 0, 0, 0];
  return [...row, 1, decodeRows, attentionNanos(decode, features)];
}

function rising(knots: readonly number[], x: number): number[] {
  const hats = hatRow(knots, x);
  let sum = 0;
  for (let i = hats.length - 1; i >= 0; i--) {
    sum += hats[i];
    hats[i] = sum;
  }
  return hats;
}

function used(rows: readonly (readonly number[])[], column: number): boolean {
  return rows.some((row) => row[column] !== 0);
}

function summed(rises: readonly number[]): number[] {
  let sum = 0;
  return rises.map((rise) => {
    sum += rise;
    return sum;
  });
}
