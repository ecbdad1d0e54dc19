import { RowFlag } from '@flover/policy';
import { featuresOf, type WorkFeatures } from '../work-features.ts';
import type { MeasuredWork } from './recorder.ts';

/** Time that a work ran beside another. */
export interface Overlap {
  readonly other: Sample;
  readonly fromNanos: number;
  readonly nanos: number;
}

/** A measured work as the fits see it. */
export interface Sample {
  readonly features: WorkFeatures;
  readonly rows: number;
  readonly run: string;
  readonly startNanos: number;
  readonly endNanos: number;
  /**
   * Lanes with prompts, its own counted, when the device was given it: at its launch or, behind another
   * work of its lane, when that began. 0 where all other lanes were idle.
   */
  readonly sharers: number;
  /** Device time of its rows alone, without moves. */
  readonly rowsNanos: number;
  readonly moveNanos: number;
  readonly movedBytes: number;
  readonly planNanos: number;
  /** Host time of the call that launched it. */
  readonly launchNanos: number;
  /** From the end of planning to its start, where its lane was idle and nothing was launched before. */
  readonly latencyNanos: number | undefined;
  /** From the end of the work before it on its lane, where it was launched by then. */
  readonly gapNanos: number | undefined;
  /** From its end until the host heard of it. */
  readonly noticeNanos: number | undefined;
  /** Works of other lanes that ran at the same time. */
  readonly beside: readonly Overlap[];
  /** Time during which anything ran on other lanes; each moment counts once. */
  readonly besideNanos: number;
}

type Draft = Sample & { readonly beside: Overlap[]; besideNanos: number; coveredUntil: number };

/** Splits each measured work into what is fitted, and finds what ran beside it. */
export function samplesOf(works: readonly MeasuredWork[]): Sample[] {
  const ordered = [...works].sort((a, b) => a.measure.startNanos - b.measure.startNanos);
  const hosts = hostTimes(ordered);
  const sharers = sharersOf(ordered);
  const drafts = ordered.map((each, i) => draftOf(each, sharers.get(each) ?? 1, hosts[i]));
  let open: number[] = [];
  for (const [i, { measure }] of ordered.entries()) {
    const { startNanos, endNanos } = measure;
    open = open.filter((other) => ordered[other].measure.endNanos > startNanos);
    for (const other of open) {
      const until = Math.min(endNanos, ordered[other].measure.endNanos);
      meet(drafts[i], drafts[other], startNanos, until);
    }
    open.push(i);
  }
  return drafts;
}

/** See `Sample.sharers`. */
function sharersOf(ordered: readonly MeasuredWork[]): ReadonlyMap<MeasuredWork, number> {
  const lanes = new Map<number, MeasuredWork[]>();
  for (const each of ordered) {
    const { lane } = each.measure;
    const works = lanes.get(lane);
    if (works === undefined) lanes.set(lane, [each]);
    else works.push(each);
  }
  const prompts = new Map([...lanes].map(([lane, works]) => [lane, works.filter(hasPrompts)]));
  const sharers = new Map<MeasuredWork, number>();
  for (const [lane, works] of lanes) {
    for (const [i, each] of works.entries()) {
      const before = works[i - 1]?.measure.startNanos ?? 0;
      const givenNanos = Math.max(launchedNanos(each), before);
      let alone = true;
      let sharing = 1;
      for (const [other, others] of lanes) {
        if (other === lane || !busyAt(others, givenNanos)) continue;
        alone = false;
        if (busyAt(prompts.get(other) ?? [], givenNanos)) sharing++;
      }
      sharers.set(each, alone ? 0 : sharing);
    }
  }
  return sharers;
}

function hasPrompts({ work }: MeasuredWork): boolean {
  return work.flags.some((flag) => (flag & RowFlag.Decode) === 0);
}

/** Whether a lane, its works in order, had been launched any that had not ended. */
function busyAt(works: readonly MeasuredWork[], nanos: number): boolean {
  let [low, high] = [0, works.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (launchedNanos(works[middle]) <= nanos) low = middle + 1;
    else high = middle;
  }
  return low > 0 && works[low - 1].measure.endNanos > nanos;
}

function launchedNanos({ decidedNanos, measure }: MeasuredWork): number {
  return decidedNanos + measure.planNanos;
}

function draftOf(each: MeasuredWork, sharers: number, host: HostTimes): Draft {
  const { work, measure, heardNanos, run = '' } = each;
  return {
    features: { ...featuresOf(work) },
    rows: work.flags.length,
    run,
    startNanos: measure.startNanos,
    endNanos: measure.endNanos,
    sharers,
    rowsNanos: measure.endNanos - measure.startNanos - measure.moveNanos,
    moveNanos: measure.moveNanos,
    movedBytes: measure.movedBytes,
    planNanos: measure.planNanos,
    launchNanos: measure.launchNanos,
    noticeNanos: heardNanos === undefined ? undefined : Math.max(0, heardNanos - measure.endNanos),
    ...host,
    beside: [],
    besideNanos: 0,
    coveredUntil: 0,
  };
}

/** Overlaps of a work are met in order of their beginnings, so their union needs no list. */
function meet(one: Draft, other: Draft, from: number, until: number): void {
  const nanos = until - from;
  if (nanos <= 0) return;
  one.beside.push({ other, fromNanos: from, nanos });
  other.beside.push({ other: one, fromNanos: from, nanos });
  for (const each of [one, other]) {
    each.besideNanos += Math.max(0, until - Math.max(from, each.coveredUntil));
    each.coveredUntil = Math.max(until, each.coveredUntil);
  }
}

type HostTimes = Pick<Sample, 'latencyNanos' | 'gapNanos'>;

/** What each work, in order of start, waited for beside its lane. */
function hostTimes(ordered: readonly MeasuredWork[]): HostTimes[] {
  const laneFree = new Map<number, number>();
  let previousNanos = Number.NaN;
  return ordered.map(({ measure, decidedNanos }) => {
    const free = laneFree.get(measure.lane) ?? 0;
    const plannedNanos = decidedNanos + measure.planNanos;
    const first = decidedNanos !== previousNanos;
    const latencyNanos = measure.startNanos - plannedNanos;
    const idle = free <= decidedNanos && first && latencyNanos > 0;
    const queued = plannedNanos + measure.launchNanos < free;
    laneFree.set(measure.lane, measure.endNanos);
    previousNanos = decidedNanos;
    return {
      latencyNanos: idle ? latencyNanos : undefined,
      gapNanos: queued ? measure.startNanos - free : undefined,
    };
  });
}
