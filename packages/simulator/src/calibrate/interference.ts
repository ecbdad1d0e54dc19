import { rowsNanos } from '../cost-models/profile.ts';
import type { Interference, Profile } from '../cost-models/profile-file.ts';
import { leastSquares } from '../fit/least-squares.ts';
import { fitNonNegative } from '../fit/non-negative.ts';
import type { Sample } from './samples.ts';

/** Nothing may be slowed down to a standstill by a misfit. */
const LARGEST_SLOWDOWN = 20;

/**
 * How much a work is held up beside others. A work that takes T beside others for a time B of it,
 * and would take S alone, ran at S - (T - B) over B of its speed meanwhile; one over that is
 * 1 + f x (how many there were on average), for each kind beside each kind. f is fitted by least
 * squares, weighted by the share B / T, and at least 0.
 */
export function fitInterference(
  samples: readonly Sample[],
  phases: Pick<Profile, 'decode' | 'prefill' | 'mixed'>,
): Interference {
  const prefills = samples.filter((s) => s.features.prefillTokens > 0);
  const decodes = samples.filter((s) => s.features.prefillTokens === 0);
  const [decodeByDecode, decodeByPrefill] = factors(decodes, phases);
  const [prefillByDecode, prefillByPrefill] = factors(prefills, phases);
  return { decodeByDecode, decodeByPrefill, prefillByDecode, prefillByPrefill };
}

function factors(
  samples: readonly Sample[],
  phases: Pick<Profile, 'decode' | 'prefill' | 'mixed'>,
): [byDecode: number, byPrefill: number] {
  const beside = samples.filter((s) => s.besideAnyNanos > 0);
  if (beside.length === 0) return [0, 0];
  const weights = beside.map((s) => s.besideAnyNanos / s.rowsNanos);
  const excess = beside.map((s) => slowdown(s, rowsNanos(phases, s.features)) - 1);
  const others = beside.map((s) => [
    s.besideDecodeNanos / s.besideAnyNanos,
    s.besidePrefillNanos / s.besideAnyNanos,
  ]);
  const solve = (columns: readonly (readonly number[])[]) => leastSquares(columns, excess, weights);
  const both = fitNonNegative(others, [0, 1], solve);
  if (both !== undefined) return [both[0], both[1]];
  // One kind was never seen beside these.
  const [decodeOnly, prefillOnly] = [0, 1].map((kind) => solve(others.map((row) => [row[kind]])));
  return [Math.max(0, decodeOnly?.[0] ?? 0), Math.max(0, prefillOnly?.[0] ?? 0)];
}

/** How many times longer than alone a work took for what it did beside others. */
function slowdown({ rowsNanos: took, besideAnyNanos }: Sample, alone: number): number {
  const doneBeside = alone - Math.max(0, took - besideAnyNanos);
  return Math.min(LARGEST_SLOWDOWN, besideAnyNanos / Math.max(doneBeside, 1));
}
