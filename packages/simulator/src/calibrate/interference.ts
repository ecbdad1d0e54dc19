import { rowsNanos } from '../cost-models/profile.ts';
import type { Interference, Profile } from '../cost-models/profile-file.ts';
import { leastSquares } from '../fit/least-squares.ts';
import { fitNonNegative } from '../fit/non-negative.ts';
import type { Sample } from './samples.ts';

/** Nothing may be slowed down to a standstill by a misfit. */
const LARGEST_LOST_SHARE = 0.95;

/**
 * How much a work is held up beside others. While slowed by 1 + f a work loses the share
 * g = f / (1 + f) of the time of overlap, so measured - solo = g x overlap: g is fitted by least
 * squares through the origin, for each kind beside each kind, at least 0.
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
  const lost = samples.map((s) => s.rowsNanos - rowsNanos(phases, s.features));
  const ones = samples.map(() => 1);
  const overlaps = samples.map((s) => [s.besideDecodeNanos, s.besidePrefillNanos]);
  const both = fitNonNegative(overlaps, [0, 1], (columns) => leastSquares(columns, lost, ones));
  if (both !== undefined) return [factor(both[0]), factor(both[1])];
  // One kind was never seen beside these.
  const decodeOnly = leastSquares(
    overlaps.map(([decode]) => [decode]),
    lost,
    ones,
  );
  const prefillOnly = leastSquares(
    overlaps.map(([, prefill]) => [prefill]),
    lost,
    ones,
  );
  return [factor(decodeOnly?.[0] ?? 0), factor(prefillOnly?.[0] ?? 0)];
}

function factor(lostShare: number): number {
  const share = Math.min(LARGEST_LOST_SHARE, Math.max(0, lostShare));
  return share / (1 - share);
}
