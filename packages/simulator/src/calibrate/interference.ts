import { LARGEST_SLOWDOWN } from '../cost-models/profile.ts';
import type { Interference } from '../cost-models/profile-file.ts';
import { type Phases, rowsNanos } from '../cost-models/profile-rows.ts';
import { leastSquares } from '../fit/least-squares.ts';
import { fitNonNegative } from '../fit/non-negative.ts';
import { hatRow } from '../fit/piecewise.ts';
import type { Sample } from './samples.ts';

/** The first knot above the shortest prompt, at most; from there on in octaves. */
const FIRST_OCTAVE = 64;
/** A knot with fewer prompts on either side says nothing. */
const FEWEST_PROMPTS = 4;

/**
 * How much works are held up beside others.
 *
 * A work that takes T beside others for a time B of it, and would take S alone, ran at
 * S - (T - B) over B of its speed meanwhile. One over that, less 1, is fitted by least squares as a
 * sum over the others (see `Interference`), no weight below 0; each work counts by the share B / T
 * of its time and relative to its slowdown, since short overlaps and long waits tell little.
 */
export function fitInterference(samples: readonly Sample[], phases: Phases): Interference {
  const beside = samples.filter((s) => s.besideNanos > 0);
  const prefills = beside.filter(isPrefill);
  const knots = knotsOver(prefills.map((s) => s.features.prefillTokens));
  const decodes = beside.filter((s) => !isPrefill(s));
  const decode = solve(decodes, knots, phases);
  const prefill = solve(prefills, knots, phases);
  return {
    knots,
    decodeByPrefill: decode.slice(0, knots.length),
    decodeByPrefillRatio: decode[knots.length],
    prefillByDecode: prefill.slice(0, knots.length),
    prefillByDecodeRatio: prefill[knots.length],
    decodeByDecodeRatio: decode[knots.length + 1],
    prefillByPrefillRatio: prefill[knots.length + 1],
  };
}

/** How long the profile says that a work takes which ran beside others as long as this one did. */
export function besideNanos(sample: Sample, phases: Phases, interference: Interference): number {
  const { knots, ...of } = interference;
  const weights = isPrefill(sample)
    ? [...of.prefillByDecode, of.prefillByDecodeRatio, of.prefillByPrefillRatio]
    : [...of.decodeByPrefill, of.decodeByPrefillRatio, of.decodeByDecodeRatio];
  const excess = rowOf(sample, knots, phases).reduce((sum, x, i) => sum + x * weights[i], 0);
  const undisturbed = Math.max(0, sample.rowsNanos - sample.besideNanos);
  const left = Math.max(0, rowsNanos(phases, sample.features) - undisturbed);
  return undisturbed + left * (1 + excess);
}

function isPrefill({ features }: Sample): boolean {
  return features.prefillTokens > 0;
}

/** The shortest and longest prompt that ran beside something, and octaves between them. */
function knotsOver(tokens: readonly number[]): number[] {
  if (tokens.length === 0) return [1];
  const sorted = [...tokens].sort((a, b) => a - b);
  const knots = [sorted[0]];
  const longest = sorted[sorted.length - 1];
  for (let knot = FIRST_OCTAVE; knot < longest; knot *= 2) {
    const below = sorted.filter((length) => length <= knot && length > knots[knots.length - 1]);
    const above = sorted.filter((length) => length > knot);
    if (Math.min(below.length, above.length) >= FEWEST_PROMPTS) knots.push(knot);
  }
  if (longest > knots[knots.length - 1]) knots.push(longest);
  return knots;
}

/** Weights: of the other kind at each knot, of its time over this one's, of the same kind's. */
function solve(samples: readonly Sample[], knots: readonly number[], phases: Phases): number[] {
  const rows = samples.map((sample) => rowOf(sample, knots, phases));
  const slowdowns = samples.map((s) => slowdown(s, rowsNanos(phases, s.features)));
  const excess = slowdowns.map((each) => each - 1);
  const weights = samples.map((s, i) => (s.besideNanos / s.rowsNanos / slowdowns[i]) ** 2);
  const width = knots.length + 2;
  // Fewer and fewer columns, until those that are left can be told apart.
  const hats = knots.map((_, i) => i);
  for (const kept of [
    [...hats, width - 2, width - 1],
    [...hats, width - 1],
    hats,
    [width - 2],
    [width - 1],
  ]) {
    const seen = kept.filter((column) => rows.some((row) => row[column] !== 0));
    if (seen.length === 0) continue;
    const fitted = fitNonNegative(
      rows.map((row) => seen.map((column) => row[column])),
      seen.map((_, i) => i),
      (columns) => leastSquares(columns, excess, weights),
    );
    if (fitted === undefined) continue;
    const solution = unseen(rows, knots.length);
    seen.forEach((column, i) => {
      solution[column] = fitted[i];
    });
    return solution;
  }
  return unseen(rows, knots.length);
}

/** Weights of 0, but for a kind that was never seen beside these: then works take turns. */
function unseen(rows: readonly (readonly number[])[], knots: number): number[] {
  const weights = new Array<number>(knots + 2).fill(0);
  for (const ratio of [knots, knots + 1]) {
    if (rows.every((row) => row[ratio] === 0)) weights[ratio] = 1;
  }
  return weights;
}

function rowOf(sample: Sample, knots: readonly number[], phases: Phases): number[] {
  const row = new Array<number>(knots.length + 2).fill(0);
  const [first, last] = [knots[0], knots[knots.length - 1]];
  const alone = Math.max(1, rowsNanos(phases, sample.features));
  for (const { other, nanos } of sample.beside) {
    const share = nanos / sample.besideNanos;
    const ratio = (share * rowsNanos(phases, other.features)) / alone;
    if (isPrefill(other) === isPrefill(sample)) {
      row[knots.length + 1] += ratio;
      continue;
    }
    const { prefillTokens } = isPrefill(sample) ? sample.features : other.features;
    const within = Math.min(Math.max(prefillTokens, first), last);
    hatRow(knots, within).forEach((weight, i) => {
      row[i] += share * weight;
    });
    row[knots.length] += ratio;
  }
  return row;
}

/** How many times longer than alone a work took for what it did beside others. */
function slowdown({ rowsNanos: took, besideNanos }: Sample, alone: number): number {
  const doneBeside = alone - Math.max(0, took - besideNanos);
  return Math.min(LARGEST_SLOWDOWN, besideNanos / Math.max(doneBeside, 1));
}
