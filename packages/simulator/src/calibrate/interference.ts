import type { Interference } from '../cost-models/interference.ts';
import { type Phases, rowsNanos } from '../cost-models/profile-rows.ts';
import { paddedRows, placeWithin, surfaceRow } from '../cost-models/surface.ts';
import { fitNonNegative } from '../fit/non-negative.ts';
import { fitRobust } from '../fit/robust.ts';
import { asAllOthers, fitGivenAlone } from './given-alone.ts';
import { knotsBeside } from './interference-knots.ts';
import {
  contentionOf,
  evenContention,
  fitDecodeContention,
  fitPromptContention,
  type LaneContention,
} from './lane-contention.ts';
import { companyOf, isPrefill } from './pairs.ts';
import type { Sample } from './samples.ts';
import { attentionShare, partsOf } from './spans.ts';

/** What a difference of 1 between neighbours on a surface weighs, in relative errors of one work. */
const SMOOTHNESS = 0.02;

/**
 * How much works are held up beside others.
 *
 * Of a work that takes T alone and T' with others beside it for a time B, T - (T' - B) was done
 * beside them; that this took B instead is put down to what the others add (see `Interference`).
 * Robust least squares on errors relative to T', nothing below 0: first what prefill and decode add
 * to each other, from works beside one work of the other kind at a time, neighbours on a surface
 * drawn together where nothing was measured; then how prompts that were given alone differ
 * (`fitGivenAlone`); then, from all others, what several lanes do (`fitDecodeContention`,
 * `fitPromptContention`), beginning with what they do `near` this.
 */
export function fitInterference(
  samples: readonly Sample[],
  phases: Phases,
  near: LaneContention = evenContention(),
): Interference & LaneContention {
  const { accompanied, givenAlone, crowded } = companyOf(samples);
  const knots = knotsBeside(accompanied.prefills, phases);
  const [rows, columns] = [knots.prefillNanos.length, knots.decodeRows.length];
  const surfaces = {
    ...knots,
    ...unseen(rows, columns),
    ...contentionOf(near),
    givenAlone: asAllOthers(phases),
  };
  const decode = solve(accompanied.decodes, surfaces, phases);
  const prefill = solve(accompanied.prefills, surfaces, phases);
  const paired = {
    ...surfaces,
    ...(decode && {
      decodeByPrefill: shaped(decode, rows, columns),
      decodeAttentionByPrefill: shaped(decode.slice(rows * columns), rows, columns),
    }),
    ...(prefill && {
      prefillByDecode: shaped(prefill, rows, columns),
      prefillByDecodeAttention: shaped(prefill.slice(rows * columns), rows, columns),
    }),
  };
  const found = { ...paired, givenAlone: fitGivenAlone(givenAlone, paired, phases) };
  return fitPromptContention(crowded, fitDecodeContention(crowded, found, phases), phases);
}

type Knots = Pick<Interference, 'prefillNanos' | 'decodeRows'>;

/** Kinds that were never seen beside each other share the device equally. */
function unseen(rows: number, columns: number) {
  const equal = Array.from({ length: rows }, () => new Array<number>(columns).fill(1));
  return {
    decodeByPrefill: equal,
    decodeAttentionByPrefill: equal,
    prefillByDecode: equal,
    prefillByDecodeAttention: equal,
    decodeCrowd: 'sum' as const,
  };
}

function shaped(values: readonly number[], rows: number, columns: number): number[][] {
  return Array.from({ length: rows }, (_, i) => values.slice(i * columns, (i + 1) * columns));
}

/** The values of a surface, and of that of attention. */
function solve(samples: readonly Sample[], knots: Knots, phases: Phases): number[] | undefined {
  if (samples.length === 0) return undefined;
  const rows = samples.map((sample) => {
    const { leftNanos } = partsOf(sample, phases);
    return surfaceColumns(sample, knots, phases).map((column) => leftNanos * column);
  });
  const targets = samples.map((s) => s.besideNanos - partsOf(s, phases).leftNanos);
  const ties = tiesOf(knots);
  const all = [...rows, ...ties];
  return fitNonNegative(
    all,
    rows[0].map((_, column) => column),
    (columns) =>
      fitRobust(
        columns,
        [...targets, ...ties.map(() => 0)],
        [...samples.map((s) => s.rowsNanos), ...ties.map(() => 1)],
      ),
  );
}

/** Neighbours on a surface differ by little, and so does attention from the rest in the same place. */
function tiesOf({ prefillNanos, decodeRows }: Knots): number[][] {
  const columns = decodeRows.length;
  const values = prefillNanos.length * columns;
  const ties: number[][] = [];
  const tie = (one: number, other: number) => {
    const row = new Array<number>(2 * values).fill(0);
    row[one] = SMOOTHNESS;
    row[other] = -SMOOTHNESS;
    ties.push(row);
  };
  for (let i = 0; i < values; i++) {
    for (const surface of [0, values]) {
      if (i + columns < values) tie(surface + i, surface + i + columns);
      if ((i + 1) % columns !== 0) tie(surface + i, surface + i + 1);
    }
    tie(values + i, i);
  }
  return ties;
}

/** By what a work's excess has to be multiplied: the surface's values, and those of attention. */
function surfaceColumns(sample: Sample, knots: Knots, phases: Phases): number[] {
  const { prefillNanos, decodeRows } = knots;
  const values = prefillNanos.length * decodeRows.length;
  const columns = new Array<number>(2 * values).fill(0);
  for (const { other, nanos } of sample.beside) {
    if (isPrefill(other) === isPrefill(sample)) continue;
    const [prefill, decode] = isPrefill(sample) ? [sample, other] : [other, sample];
    const share = nanos / sample.besideNanos;
    const attention = attentionShare(decode, phases);
    const row = placeWithin(prefillNanos, rowsNanos(phases, prefill.features));
    const column = placeWithin(decodeRows, paddedRows(decode.features.decodeRows));
    const weights = surfaceRow(prefillNanos.length, decodeRows.length, row, column);
    weights.forEach((weight, i) => {
      columns[i] += share * (1 - attention) * weight;
      columns[values + i] += share * attention * weight;
    });
  }
  return columns;
}
