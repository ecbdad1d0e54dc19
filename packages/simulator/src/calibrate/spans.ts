import type { Interference } from '../cost-models/interference.ts';
import { attentionNanos, type Phases, rowsNanos } from '../cost-models/profile-rows.ts';
import {
  aloneShareOf,
  attentionShareOf,
  type Beside,
  excessOf,
  type Given,
  nobodyBeside,
  partOf,
  slowdownOf,
} from '../cost-models/slowdown.ts';
import { paddedRows, placeWithin } from '../cost-models/surface.ts';
import { computeShareOf } from '../cost-models/warmth.ts';
import { isPrefill } from './pairs.ts';
import type { Sample } from './samples.ts';

/** Time during which the same works ran beside one. */
export interface Span {
  readonly nanos: number;
  readonly beside: Beside;
}

/** Cuts the time that a work had company where that changes. */
export function spansOf(sample: Sample, phases: Phases, interference: Interference): Span[] {
  const met = sample.beside.map((overlap) => ({
    ...overlap,
    untilNanos: overlap.fromNanos + overlap.nanos,
    effect: effectOf(sample, overlap.other, phases, interference),
  }));
  const ownPart = isPrefill(sample) ? partOf(interference, sample.sharers) : 0;
  const cuts = [...new Set(met.flatMap((each) => [each.fromNanos, each.untilNanos]))];
  cuts.sort((a, b) => a - b);
  return cuts.slice(1).flatMap((until, i) => {
    const from = cuts[i];
    const there = met.filter((each) => each.fromNanos <= from && each.untilNanos >= until);
    if (there.length === 0) return [];
    const beside = nobodyBeside(ownPart);
    for (const { effect } of there) {
      for (const key of BESIDE) beside[key] += effect[key];
    }
    return { nanos: until - from, beside };
  });
}

/** Mean slowdown over spans: harmonic, since a work progresses by the reciprocals. */
export function meanSlowdown(
  spans: readonly Span[],
  interference: Interference,
  prefills: boolean,
  given: Given,
): number {
  let nanos = 0;
  let done = 0;
  for (const span of spans) {
    nanos += span.nanos;
    done += span.nanos / slowdownOf(interference, prefills, span.beside, given);
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
  const slowdown = meanSlowdown(spans, interference, isPrefill(sample), givenOf(sample, phases));
  return undisturbedNanos + leftNanos * slowdown;
}

/** How the device was given a work. */
export function givenOf({ sharers, features }: Sample, phases: Phases): Given {
  const alone = rowsNanos(phases, features);
  return { sharers, computeShare: computeShareOf(phases.prefill, features, alone) };
}

/** The share of a decode work's time alone that attention takes. */
export function attentionShare(decode: Sample, phases: Phases): number {
  const attention = attentionNanos(phases.decode, decode.features);
  return attentionShareOf(attention, rowsNanos(phases, decode.features));
}

const BESIDE = ['lanes', 'turns', 'others', 'excess', 'parts'] as const;

/** What another work is to one that it runs beside. */
function effectOf(one: Sample, other: Sample, phases: Phases, interference: Interference): Beside {
  const otherPart = isPrefill(other) ? partOf(interference, other.sharers) : 0;
  if (isPrefill(one) === isPrefill(other)) {
    const alone = Math.max(1, rowsNanos(phases, one.features));
    const turns = rowsNanos(phases, other.features) / alone;
    return { lanes: 1, turns, others: 0, excess: 0, parts: otherPart };
  }
  const [prefill, decode] = isPrefill(one) ? [one, other] : [other, one];
  const nanos = rowsNanos(phases, prefill.features);
  const row = placeWithin(interference.prefillNanos, nanos);
  const column = placeWithin(interference.decodeRows, paddedRows(decode.features.decodeRows));
  const share = attentionShare(decode, phases);
  const alone = prefill.sharers > 0 ? 0 : aloneShareOf(interference.givenAlone, nanos);
  const excess = excessOf(interference, isPrefill(one), row, column, share, alone);
  const others = isPrefill(one) ? 1 : otherPart;
  return { lanes: 0, turns: 0, others, excess: others * excess, parts: otherPart };
}
