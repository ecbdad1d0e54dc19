import type { Interference } from '../cost-models/profile-file.ts';
import { attentionNanos, type Phases, rowsNanos } from '../cost-models/profile-rows.ts';
import { aloneShareOf, attentionShareOf, excessOf, slowdownOf } from '../cost-models/slowdown.ts';
import { paddedRows, placeWithin } from '../cost-models/surface.ts';
import { isPrefill } from './pairs.ts';
import type { Sample } from './samples.ts';

/** Time during which the same works ran beside one; see `slowdownOf`. */
export interface Span {
  readonly nanos: number;
  readonly turns: number;
  readonly excess: number;
  readonly others: number;
}

/** Cuts the time that a work had company where that changes. */
export function spansOf(sample: Sample, phases: Phases, interference: Interference): Span[] {
  const met = sample.beside.map((overlap) => ({
    ...overlap,
    untilNanos: overlap.fromNanos + overlap.nanos,
    ...effectOf(sample, overlap.other, phases, interference),
  }));
  const cuts = [...new Set(met.flatMap((each) => [each.fromNanos, each.untilNanos]))];
  cuts.sort((a, b) => a - b);
  return cuts.slice(1).flatMap((until, i) => {
    const from = cuts[i];
    const there = met.filter((each) => each.fromNanos <= from && each.untilNanos >= until);
    if (there.length === 0) return [];
    const sum = (of: (each: (typeof there)[number]) => number) =>
      there.reduce((total, each) => total + of(each), 0);
    return {
      nanos: until - from,
      turns: sum((each) => each.turns),
      excess: sum((each) => each.excess),
      others: sum((each) => each.others),
    };
  });
}

/** Mean slowdown over spans: harmonic, since a work progresses by the reciprocals. */
export function meanSlowdown(
  spans: readonly Span[],
  interference: Interference,
  prefills: boolean,
): number {
  let nanos = 0;
  let done = 0;
  for (const span of spans) {
    const { turns, excess, others } = span;
    nanos += span.nanos;
    done += span.nanos / slowdownOf(interference, prefills, turns, excess, others);
  }
  return done > 0 ? nanos / done : 1;
}

/** Splits a work's time into what it took with nothing beside it, and its time alone that was left. */
export function partsOf(
  sample: Sample,
  phases: Phases,
): { undisturbedNanos: number; leftNanos: number } {
  const undisturbedNanos = Math.max(0, sample.rowsNanos - sample.besideNanos);
  const alone = rowsNanos(phases, sample.features);
  return { undisturbedNanos, leftNanos: Math.max(0, alone - undisturbedNanos) };
}

/**
 * How long the profile says that a work takes which ran beside others as long as this one did: what
 * was left to do then, times the mean slowdown of these times.
 */
export function besideNanos(sample: Sample, phases: Phases, interference: Interference): number {
  const { undisturbedNanos, leftNanos } = partsOf(sample, phases);
  const spans = spansOf(sample, phases, interference);
  return undisturbedNanos + leftNanos * meanSlowdown(spans, interference, isPrefill(sample));
}

/** The share of a decode work's time alone that attention takes. */
export function attentionShare(decode: Sample, phases: Phases): number {
  const attention = attentionNanos(phases.decode, decode.features);
  return attentionShareOf(attention, rowsNanos(phases, decode.features));
}

function effectOf(
  one: Sample,
  other: Sample,
  phases: Phases,
  interference: Interference,
): Pick<Span, 'turns' | 'excess' | 'others'> {
  if (isPrefill(one) === isPrefill(other)) {
    const alone = Math.max(1, rowsNanos(phases, one.features));
    return { turns: rowsNanos(phases, other.features) / alone, excess: 0, others: 0 };
  }
  const [prefill, decode] = isPrefill(one) ? [one, other] : [other, one];
  const nanos = rowsNanos(phases, prefill.features);
  const row = placeWithin(interference.prefillNanos, nanos);
  const column = placeWithin(interference.decodeRows, paddedRows(decode.features.decodeRows));
  const share = attentionShare(decode, phases);
  const alone = prefill.accompanied ? 0 : aloneShareOf(interference.givenAlone, nanos);
  const excess = excessOf(interference, isPrefill(one), row, column, share, alone);
  return { turns: 0, excess, others: 1 };
}
