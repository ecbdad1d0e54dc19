import { featuresOf, type WorkFeatures } from '../work-features.ts';
import type { MeasuredWork } from './recorder.ts';

/** A measured work as the fits see it. */
export interface Sample {
  readonly features: WorkFeatures;
  readonly rows: number;
  /** Device time of its rows alone, without moves. */
  readonly rowsNanos: number;
  readonly moveNanos: number;
  readonly movedBytes: number;
  readonly planNanos: number;
  /** Host time of the call that launched it. */
  readonly launchNanos: number;
  /**
   * From what caused it to its start, without planning: the host waking up, the call, the device
   * taking it up. Only where its lane was idle and nothing else was launched before it.
   */
  readonly latencyNanos: number | undefined;
  /** Time during which works with, and without, prefill rows ran on other lanes. */
  readonly besidePrefillNanos: number;
  readonly besideDecodeNanos: number;
  /** Time during which anything ran on other lanes; each moment counts once. */
  readonly besideAnyNanos: number;
}

/** Splits each measured work into what is fitted, and finds what ran beside it. */
export function samplesOf(works: readonly MeasuredWork[]): Sample[] {
  const features = works.map(({ work }) => featuresOf(work));
  const order = works
    .map((_, i) => i)
    .sort((a, b) => works[a].measure.startNanos - works[b].measure.startNanos);
  const besidePrefill = new Float64Array(works.length);
  const besideDecode = new Float64Array(works.length);
  const besideAny = new Float64Array(works.length);
  // Overlaps of a work are met in order of their beginnings, so their union needs no list.
  const coveredUntil = new Float64Array(works.length);
  let open: number[] = [];
  for (const i of order) {
    const { startNanos, endNanos } = works[i].measure;
    open = open.filter((other) => works[other].measure.endNanos > startNanos);
    for (const other of open) {
      const until = Math.min(endNanos, works[other].measure.endNanos);
      const overlapNanos = until - startNanos;
      for (const each of [i, other]) {
        besideAny[each] += Math.max(0, until - Math.max(startNanos, coveredUntil[each]));
        coveredUntil[each] = Math.max(until, coveredUntil[each]);
      }
      beside(features[other])[i] += overlapNanos;
      beside(features[i])[other] += overlapNanos;
    }
    open.push(i);
  }
  const latencies = latenciesOf(works, order);
  return works.map(({ work, measure }, i) => ({
    features: features[i],
    rows: work.flags.length,
    rowsNanos: measure.endNanos - measure.startNanos - measure.moveNanos,
    moveNanos: measure.moveNanos,
    movedBytes: measure.movedBytes,
    planNanos: measure.planNanos,
    launchNanos: measure.launchNanos,
    latencyNanos: latencies.get(i),
    besidePrefillNanos: besidePrefill[i],
    besideDecodeNanos: besideDecode[i],
    besideAnyNanos: besideAny[i],
  }));

  function beside(other: WorkFeatures): Float64Array {
    return other.prefillTokens > 0 ? besidePrefill : besideDecode;
  }
}

/** By work, in order of start: how long an idle lane waited for the host. */
function latenciesOf(
  works: readonly MeasuredWork[],
  order: readonly number[],
): ReadonlyMap<number, number> {
  const latencies = new Map<number, number>();
  const laneFreeNanos = new Map<number, number>();
  let previousNanos = Number.NaN;
  for (const i of order) {
    const { measure, decidedNanos } = works[i];
    const latencyNanos = measure.startNanos - decidedNanos - measure.planNanos;
    const idle = (laneFreeNanos.get(measure.lane) ?? 0) <= decidedNanos;
    if (idle && decidedNanos !== previousNanos && latencyNanos > 0) latencies.set(i, latencyNanos);
    laneFreeNanos.set(measure.lane, measure.endNanos);
    previousNanos = decidedNanos;
  }
  return latencies;
}
