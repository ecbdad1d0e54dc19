import type { SequenceId, Work } from '@flover/policy';
import type { TraceRecord } from '@flover/trace';
import { canonicalJson, sameJson } from './canonical.ts';

/** One launch of a run. */
interface Launch {
  readonly work: Work;
  readonly timeNanos: number;
}

/** The first iteration in which two runs differ. */
export interface FirstDivergence {
  /** Number of the launch in the sequence compared, from 0. */
  readonly index: number;
  readonly lane: number;
  /** When it was decided, nanoseconds; missing where a run has no such launch. */
  readonly simulatedNanos?: number;
  readonly realNanos?: number;
  /** What differs, one line each. */
  readonly differences: readonly string[];
}

/** Two sequences of launches, compared position by position. */
export interface LaunchComparison {
  readonly simulated: number;
  readonly real: number;
  /** Launches equal before the first difference, as a share of the longer run's; 1 if identical. */
  readonly shareBefore: number;
  readonly first?: FirstDivergence;
}

/** Where a simulated and a real run of one workload first decide differently. */
export interface Divergence extends LaunchComparison {
  /** The same for each lane by itself: lanes may interleave differently with equal contents. */
  readonly lanes: readonly (LaunchComparison & { readonly lane: number })[];
}

/** Compares the launches of two runs of the same workload on what they compute and move. */
export function compareLaunches(
  simulated: Iterable<TraceRecord>,
  real: Iterable<TraceRecord>,
): Divergence {
  const ours = launches(simulated);
  const theirs = launches(real);
  const count = 1 + Math.max(-1, ...laneNumbers(ours), ...laneNumbers(theirs));
  const lanes = Array.from({ length: count }, (_, lane) => {
    const of = ({ work }: Launch) => work.lane === lane;
    return { lane, ...compare(ours.filter(of), theirs.filter(of)) };
  });
  return { ...compare(ours, theirs), lanes };
}

function laneNumbers(list: readonly Launch[]): Set<number> {
  return new Set(list.map(({ work }) => work.lane));
}

function launches(records: Iterable<TraceRecord>): Launch[] {
  const list: Launch[] = [];
  for (const record of records) {
    if (record.kind !== 'action' || record.action.kind !== 'launch') continue;
    list.push({ work: record.action.work, timeNanos: record.timeNanos });
  }
  return list;
}

function compare(simulated: readonly Launch[], real: readonly Launch[]): LaunchComparison {
  const longer = Math.max(simulated.length, real.length);
  const counts = { simulated: simulated.length, real: real.length };
  for (let i = 0; i < longer; i++) {
    const s = simulated[i];
    const r = real[i];
    if (s !== undefined && r !== undefined && sameComposition(s.work, r.work)) continue;
    const first: FirstDivergence = {
      index: i,
      lane: (s ?? r)!.work.lane,
      ...(s && { simulatedNanos: s.timeNanos }),
      ...(r && { realNanos: r.timeNanos }),
      differences: differences(s?.work, r?.work),
    };
    return { ...counts, shareBefore: i / longer, first };
  }
  return { ...counts, shareBefore: 1 };
}

/** Do two works compute and move the same? Their numbers do not matter, and sums follow from rows. */
function sameComposition(a: Work, b: Work): boolean {
  const aside = { id: 0, newTokens: 0, decodeKvTokens: 0 };
  return sameJson({ ...a, ...aside }, { ...b, ...aside });
}

function differences(simulated: Work | undefined, real: Work | undefined): string[] {
  if (simulated === undefined) return ['the simulation has no more launches'];
  if (real === undefined) return ['the real run has no more launches'];
  const lines: string[] = [];
  if (simulated.lane !== real.lane) {
    lines.push(`lane ${simulated.lane} simulated, lane ${real.lane} real`);
  }
  lines.push(...rowDifferences(simulated, real));
  for (const key of ['deadRows', 'swaps', 'moves', 'placements', 'forks'] as const) {
    const [s, r] = [canonicalJson(simulated[key]), canonicalJson(real[key])];
    if (s !== r) lines.push(`${key}: ${s} simulated, ${r} real`);
  }
  return lines;
}

function rowDifferences(simulated: Work, real: Work): string[] {
  const ours = rows(simulated);
  const theirs = rows(real);
  const lines: string[] = [];
  for (const [sequence, row] of ours) {
    const other = theirs.get(sequence);
    if (other === undefined) lines.push(`sequence ${sequence} ${row} in the simulation only`);
    else if (other !== row) lines.push(`sequence ${sequence} ${row} simulated, ${other} real`);
  }
  for (const [sequence, row] of theirs) {
    if (!ours.has(sequence)) lines.push(`sequence ${sequence} ${row} in the real run only`);
  }
  const order = canonicalJson(simulated.sequences) !== canonicalJson(real.sequences);
  return lines.length === 0 && order ? ['the same rows in another order'] : lines;
}

function rows(work: Work): Map<SequenceId, string> {
  return new Map(
    work.sequences.map((sequence, i) => [
      sequence,
      `[${work.from[i]}, ${work.to[i]}) flags ${work.flags[i]}`,
    ]),
  );
}
