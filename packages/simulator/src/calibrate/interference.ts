import type { Interference } from '../cost-models/profile-file.ts';
import { attentionNanos, type Phases, rowsNanos } from '../cost-models/profile-rows.ts';
import { paddedRows, placeWithin, surfaceRow } from '../cost-models/surface.ts';
import { fitNonNegative } from '../fit/non-negative.ts';
import { fitRobust } from '../fit/robust.ts';
import { knotsBeside } from './interference-knots.ts';
import { companyOf, isPrefill } from './pairs.ts';
import type { Sample } from './samples.ts';

/** What a difference of 1 between neighbours on a surface weighs, in relative errors of one work. */
const SMOOTHNESS = 0.02;

/**
 * How much works are held up beside others.
 *
 * Of a work that takes T alone and T' with others beside it for a time B, T - (T' - B) was done
 * beside them; that this took B instead is put down to what the others add (see `Interference`).
 * Robust least squares on errors relative to T', nothing below 0: first what prefill and decode add
 * to each other, from works beside one work of the other kind at a time, neighbours on a surface
 * drawn together where nothing was measured; then, from all others, what works add to their own kind.
 */
export function fitInterference(samples: readonly Sample[], phases: Phases): Interference {
  const { prefills, decodes, crowded } = companyOf(samples);
  const knots = knotsBeside(prefills, phases);
  const [rows, columns] = [knots.prefillNanos.length, knots.decodeRows.length];
  const surfaces = { ...knots, ...unseen(rows, columns) };
  const decode = solve(decodes, surfaces, phases);
  const prefill = solve(prefills, surfaces, phases);
  const found = {
    ...surfaces,
    ...(decode && {
      decodeByPrefill: shaped(decode, rows, columns),
      decodeAttentionByPrefill: decode[rows * columns],
    }),
    ...(prefill && {
      prefillByDecode: shaped(prefill, rows, columns),
      prefillByDecodeAttention: prefill[rows * columns],
    }),
  };
  return {
    ...found,
    decodeByDecodeRatio: ratioOf(crowded, false, found, phases),
    prefillByPrefillRatio: ratioOf(crowded, true, found, phases),
  };
}

/** How long the profile says that a work takes which ran beside others as long as this one did. */
export function besideNanos(sample: Sample, phases: Phases, interference: Interference): number {
  const { undisturbedNanos, leftNanos } = partsOf(sample, phases);
  const surfaces = isPrefill(sample)
    ? [...interference.prefillByDecode.flat(), interference.prefillByDecodeAttention]
    : [...interference.decodeByPrefill.flat(), interference.decodeAttentionByPrefill];
  const ratio = isPrefill(sample)
    ? interference.prefillByPrefillRatio
    : interference.decodeByDecodeRatio;
  const excess =
    dot(surfaceColumns(sample, interference, phases), surfaces) +
    ratio * sameKindRatio(sample, phases);
  return undisturbedNanos + leftNanos * (1 + excess);
}

type Knots = Pick<Interference, 'prefillNanos' | 'decodeRows'>;

/** Kinds that were never seen beside each other share the device equally. */
function unseen(rows: number, columns: number): Omit<Interference, keyof Knots> {
  const equal = Array.from({ length: rows }, () => new Array<number>(columns).fill(1));
  return {
    decodeByPrefill: equal,
    decodeAttentionByPrefill: 1,
    prefillByDecode: equal,
    prefillByDecodeAttention: 1,
    decodeByDecodeRatio: 1,
    prefillByPrefillRatio: 1,
  };
}

function shaped(values: readonly number[], rows: number, columns: number): number[][] {
  return Array.from({ length: rows }, (_, i) => values.slice(i * columns, (i + 1) * columns));
}

function partsOf(sample: Sample, phases: Phases): { undisturbedNanos: number; leftNanos: number } {
  const undisturbedNanos = Math.max(0, sample.rowsNanos - sample.besideNanos);
  const alone = rowsNanos(phases, sample.features);
  return { undisturbedNanos, leftNanos: Math.max(0, alone - undisturbedNanos) };
}

/** The values of a surface, and that of attention. */
function solve(samples: readonly Sample[], knots: Knots, phases: Phases): number[] | undefined {
  if (samples.length === 0) return undefined;
  const rows = samples.map((sample) => {
    const { leftNanos } = partsOf(sample, phases);
    return surfaceColumns(sample, knots, phases).map((column) => leftNanos * column);
  });
  const targets = samples.map((s) => s.besideNanos - partsOf(s, phases).leftNanos);
  const ties = tiesOf(knots, rows[0].length);
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

/** Neighbours on the surface, and attention with its first value, differ by little. */
function tiesOf({ prefillNanos, decodeRows }: Knots, width: number): number[][] {
  const columns = decodeRows.length;
  const values = prefillNanos.length * columns;
  const tie = (one: number, other: number) => {
    const row = new Array<number>(width).fill(0);
    row[one] = SMOOTHNESS;
    row[other] = -SMOOTHNESS;
    return row;
  };
  const ties: number[][] = [];
  for (let i = 0; i < values; i++) {
    if (i + columns < values) ties.push(tie(i, i + columns));
    if ((i + 1) % columns !== 0) ties.push(tie(i, i + 1));
  }
  ties.push(tie(values, 0));
  return ties;
}

/** By what a work's excess has to be multiplied: the surface's values, and that of attention. */
function surfaceColumns(sample: Sample, knots: Knots, phases: Phases): number[] {
  const { prefillNanos, decodeRows } = knots;
  const values = prefillNanos.length * decodeRows.length;
  const columns = new Array<number>(values + 1).fill(0);
  for (const { other, nanos } of sample.beside) {
    if (isPrefill(other) === isPrefill(sample)) continue;
    const [prefill, decode] = isPrefill(sample) ? [sample, other] : [other, sample];
    const share = nanos / sample.besideNanos;
    const alone = Math.max(1, rowsNanos(phases, decode.features));
    const attention = attentionNanos(phases.decode, decode.features) / alone;
    const row = placeWithin(prefillNanos, rowsNanos(phases, prefill.features));
    const column = placeWithin(decodeRows, paddedRows(decode.features.decodeRows));
    const weights = surfaceRow(prefillNanos.length, decodeRows.length, row, column);
    weights.forEach((weight, i) => {
      columns[i] += share * (1 - attention) * weight;
    });
    columns[values] += share * attention;
  }
  return columns;
}

/** Time alone of the works of its own kind beside a work, over its own. */
function sameKindRatio(sample: Sample, phases: Phases): number {
  const alone = Math.max(1, rowsNanos(phases, sample.features));
  return sample.beside
    .filter(({ other }) => isPrefill(other) === isPrefill(sample))
    .reduce((sum, { other, nanos }) => {
      return sum + ((nanos / sample.besideNanos) * rowsNanos(phases, other.features)) / alone;
    }, 0);
}

function ratioOf(
  crowded: readonly Sample[],
  prefills: boolean,
  found: Interference,
  phases: Phases,
): number {
  const samples = crowded.filter(
    (s) => isPrefill(s) === prefills && s.beside.some((b) => isPrefill(b.other) === prefills),
  );
  if (samples.length === 0) return 1;
  const without = { ...found, decodeByDecodeRatio: 0, prefillByPrefillRatio: 0 };
  const fitted = fitRobust(
    samples.map((s) => [partsOf(s, phases).leftNanos * sameKindRatio(s, phases)]),
    samples.map((s) => s.rowsNanos - besideNanos(s, phases, without)),
    samples.map((s) => s.rowsNanos),
  );
  return Math.max(0, fitted?.[0] ?? 1);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
