import { quantileSorted } from 'simple-statistics';
import type { Interference } from '../cost-models/interference.ts';
import { type Phases, rowsNanos } from '../cost-models/profile-rows.ts';
import { paddedRows } from '../cost-models/surface.ts';
import type { Sample } from './samples.ts';

/** A length that was measured on purpose has so many prompts. */
const FEWEST_PROMPTS = 8;
/** Where fewer lengths than this were, knots are quantiles. */
const FEWEST_LENGTHS = 3;
const QUANTILES = [0, 0.2, 0.4, 0.6, 0.8, 1];
/** Knots of which the next is closer than this tell nothing apart. */
const LEAST_RISE = 1.02;

/** Where the surfaces bend: at prompts and padded batches that were often beside each other. */
export function knotsBeside(
  prefills: readonly Sample[],
  phases: Phases,
): Pick<Interference, 'prefillNanos' | 'decodeRows'> {
  if (prefills.length === 0) return { prefillNanos: [0], decodeRows: [paddedRows(1)] };
  const nanos = prefills.map((s) => Math.round(rowsNanos(phases, s.features)));
  const rows = prefills.flatMap(({ beside }) => {
    return [...new Set(beside.map(({ other }) => paddedRows(other.features.decodeRows)))];
  });
  const often = frequent(nanos);
  const sorted = nanos.toSorted((a, b) => a - b);
  const chosen =
    often.length < FEWEST_LENGTHS ? QUANTILES.map((share) => quantileSorted(sorted, share)) : often;
  const batches = frequent(rows);
  return {
    prefillNanos: apart(chosen),
    decodeRows: batches.length > 0 ? batches : [...new Set(rows)].sort((a, b) => a - b),
  };
}

/** The values that occur often, ascending. */
function frequent(values: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.entries()]
    .filter(([, count]) => count >= FEWEST_PROMPTS)
    .map(([value]) => value)
    .sort((a, b) => a - b);
}

function apart(ascending: readonly number[]): number[] {
  const kept = [ascending[0]];
  for (const knot of ascending) if (knot > LEAST_RISE * kept[kept.length - 1]) kept.push(knot);
  return kept;
}
