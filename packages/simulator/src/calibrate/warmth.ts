import type { WarmthCosts } from '../cost-models/profile-file.ts';
import { type Phases, rowsNanos } from '../cost-models/profile-rows.ts';
import { computeShareOf, slowsWarm, Warmth, warmSlowdown } from '../cost-models/warmth.ts';
import { lowest } from '../fit/lowest.ts';
import { fitRelative } from '../fit/robust.ts';
import { isPrefill } from './pairs.ts';
import { fitPasses } from './passes.ts';
import type { Overlap, Sample } from './samples.ts';

/** Time constants that are tried. */
const CONSTANTS_NANOS = [15e6, 30e6, 60e6, 120e6, 240e6];
const LARGEST_SLOWDOWN = 0.6;

/** How hard each work works the device, and how warm that was on average while it ran. */
interface Warm {
  readonly sample: Sample;
  readonly heat: number;
  readonly warmth: number;
}

/**
 * How much slower a warm device is: the constant and the slowdown with which passes fit prompts best that
 * nothing ran beside; then by how much decode there is slower than elsewhere. `phases` are an earlier fit.
 */
export function fitWarmth(
  samples: readonly Sample[],
  phases: Phases,
  knownNanos?: number,
): WarmthCosts | undefined {
  let best: { error: number; costs: WarmthCosts } | undefined;
  for (const constantNanos of knownNanos === undefined ? CONSTANTS_NANOS : [knownNanos]) {
    const warm = warmed(samples, phases, constantNanos);
    const prompts = warm.filter(({ sample }) => sample.besideNanos === 0 && isPrefill(sample));
    const costs = (prefillSlowdown: number): WarmthCosts => ({
      constantNanos,
      prefillSlowdown,
      decodeSlowdown: 0,
      prompts: 'given-alone',
    });
    const error = (slowdown: number) => errorOf(prompts, costs(slowdown), phases);
    const prefillSlowdown = lowest(error, 0, LARGEST_SLOWDOWN);
    const found = error(prefillSlowdown);
    if (best === undefined || found < best.error) {
      const decodeSlowdown = decodeSlowdownOf(warm, phases);
      best = { error: found, costs: { ...costs(prefillSlowdown), decodeSlowdown } };
    }
  }
  return best?.costs;
}

/** Mean size of relative errors of the best passes, if warm devices are so much slower. */
function errorOf(prompts: readonly Warm[], costs: WarmthCosts, phases: Phases): number {
  const cool = prompts.map((each) => ({
    ...each.sample,
    rowsNanos: each.sample.rowsNanos / timesAsLong(each, costs),
  }));
  const fitted = fitPasses(cool, phases.decode, true);
  if (fitted === undefined) return Number.POSITIVE_INFINITY;
  const sum = cool.reduce((total, s) => {
    const predicted = rowsNanos({ ...fitted, decode: phases.decode }, s.features);
    return total + Math.abs(predicted / s.rowsNanos - 1);
  }, 0);
  return sum / cool.length;
}

/** Decode alone over what the first fit says: a constant and a slope over the warmth. */
function decodeSlowdownOf(warm: readonly Warm[], phases: Phases): number {
  const decodes = warm.filter(
    ({ sample }) =>
      sample.besideNanos === 0 && !isPrefill(sample) && sample.features.decodeRows > 0,
  );
  const fitted = fitRelative(
    decodes.map(({ warmth }) => [1, warmth]),
    decodes.map(({ sample }) => sample.rowsNanos / rowsNanos(phases, sample.features)),
  );
  return fitted === undefined ? 0 : Math.max(0, fitted[1] / fitted[0]);
}

/** The works as they would have been on a device that is never warm. */
export function cooled(
  samples: readonly Sample[],
  phases: Phases,
  costs: WarmthCosts,
): readonly Sample[] {
  const warm = warmed(samples, phases, costs.constantNanos);
  const cool = new Map<Sample, Cooling>();
  for (const each of warm) {
    const { sample } = each;
    const times = timesAsLong(each, costs);
    const { rowsNanos, besideNanos } = sample;
    cool.set(sample, {
      ...sample,
      rowsNanos: rowsNanos / times,
      besideNanos: besideNanos / times,
      beside: [],
    });
  }
  // Who was beside whom is asked of the very samples, so all must be there before any is named.
  for (const each of warm) {
    const times = timesAsLong(each, costs);
    const beside = each.sample.beside.map(({ other, fromNanos, nanos }) => ({
      other: cool.get(other) ?? other,
      fromNanos: fromNanos / times,
      nanos: nanos / times,
    }));
    cool.get(each.sample)?.beside.push(...beside);
  }
  return [...cool.values()];
}

type Cooling = Sample & { readonly beside: Overlap[] };

function timesAsLong({ sample, heat, warmth }: Warm, costs: WarmthCosts): number {
  const prefills = isPrefill(sample);
  if (!slowsWarm(costs, prefills, sample.sharers)) return 1;
  // Once it has company, a prompt that was given alone keeps to a part, too.
  const alone = prefills ? 1 - Math.min(1, sample.besideNanos / sample.rowsNanos) : 1;
  return 1 + alone * warmth * warmSlowdown(costs, prefills, heat);
}

/** Each run has a clock of its own, or all have one: a clock that goes back is another run's. */
function warmed(samples: readonly Sample[], phases: Phases, constantNanos: number): Warm[] {
  const byRun = new Map<string, Sample[]>();
  for (const sample of samples) {
    const run = byRun.get(sample.run);
    if (run === undefined) byRun.set(sample.run, [sample]);
    else run.push(sample);
  }
  return [...byRun.values()].flatMap((run) => warmedRun(run, phases, constantNanos));
}

function warmedRun(samples: readonly Sample[], phases: Phases, constantNanos: number): Warm[] {
  const warmth = new Warmth(constantNanos);
  const heats = samples.map((s) =>
    isPrefill(s) ? computeShareOf(phases.prefill, s.features, rowsNanos(phases, s.features)) : 0,
  );
  const ends = samples.flatMap(({ startNanos, endNanos }, work) => [
    { work, timeNanos: startNanos, begins: true },
    { work, timeNanos: endNanos, begins: false },
  ]);
  ends.sort((a, b) => a.timeNanos - b.timeNanos || Number(a.begins) - Number(b.begins));
  const areas = new Array<number>(samples.length).fill(0);
  const means = new Array<number>(samples.length).fill(0);
  for (const { work, timeNanos, begins } of ends) {
    const { startNanos } = samples[work];
    if (begins) {
      areas[work] = warmth.areaAt(timeNanos);
      warmth.begin(heats[work], timeNanos);
    } else {
      means[work] = (warmth.areaAt(timeNanos) - areas[work]) / (timeNanos - startNanos);
      warmth.end(heats[work], timeNanos);
    }
  }
  return samples.map((sample, i) => ({ sample, heat: heats[i], warmth: means[i] }));
}
