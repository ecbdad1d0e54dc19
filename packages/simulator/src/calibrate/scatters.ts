import type { Interference } from '../cost-models/interference.ts';
import type { HostCosts, Line, Profile } from '../cost-models/profile-file.ts';
import { type Phases, rowsNanos } from '../cost-models/profile-rows.ts';
import { fitInterference } from './interference.ts';
import type { LaneContention } from './lane-contention.ts';
import { companyOf, isPrefill, type Pairs } from './pairs.ts';
import { fitPasses, type Passes } from './passes.ts';
import type { Sample } from './samples.ts';
import { type RatioOf, scatterOf } from './scatter.ts';
import { besideNanos } from './spans.ts';

interface Fitted {
  readonly phases: Phases;
  readonly interference: Interference & LaneContention;
  readonly host: HostCosts;
}

/** How everything that a profile fits scatters about the fit. */
export function scattersOf(samples: readonly Sample[], fitted: Fitted): Profile['scatter'] {
  const { phases, interference, host } = fitted;
  const alone = samples.filter((s) => s.besideNanos === 0);
  const beside = samples.filter((s) => s.besideNanos > 0);
  const aloneRatio: RatioOf = (s) => s.rowsNanos / rowsNanos(phases, s.features);
  const { accompanied, givenAlone, crowded } = companyOf(samples);
  const paired = (kind: keyof Pairs) => [...accompanied[kind], ...givenAlone[kind]];
  const without = withoutEachRun(beside, fitted);
  const besideRatio: RatioOf = (s) =>
    s.rowsNanos / besideNanos(s, phases, without.get(s.run) ?? interference);
  const decodesOnly = ({ features }: Sample) => features.prefillTokens === 0;
  const prefillsOnly = ({ features }: Sample) => features.decodeRows === 0;
  const both = (s: Sample) => !decodesOnly(s) && !prefillsOnly(s);
  const passesWithout = passesWithoutEachRun(alone, phases);
  const mixedRatio: RatioOf = (s) =>
    s.rowsNanos / rowsNanos({ ...phases, ...passesWithout.get(s.run) }, s.features);
  const launch = (s: Sample) =>
    decodesOnly(s)
      ? lineAt(host.launchDecode, s.rows)
      : lineAt(host.launchPrefill, s.features.prefillTokens);
  const latency = (s: Sample) =>
    decodesOnly(s)
      ? host.latencyDecodeNanos
      : lineAt(host.latencyPrefill, Math.max(0, s.features.prefillRows - 1));
  return {
    // A constant and a slope for each batch, which has a few runs; its bends are much as its neighbours'.
    decode: scatterOf(
      alone.filter(decodesOnly),
      aloneRatio,
      2 * phases.decode.knots.length + phases.decode.bends.length,
    ),
    prefill: scatterOf(alone.filter(prefillsOnly), aloneRatio),
    mixed: scatterOf(alone.filter(both), mixedRatio),
    decodeBeside: scatterOf(paired('decodes'), besideRatio),
    prefillBeside: scatterOf(paired('prefills'), besideRatio),
    decodeCrowded: scatterOf(crowded.filter(decodesOnly), besideRatio),
    prefillCrowded: scatterOf(crowded.filter(isPrefill), besideRatio),
    plan: scatterOf(samples, (s) => s.planNanos / lineAt(host.plan, s.rows)),
    launch: scatterOf(samples, (s) => s.launchNanos / launch(s)),
    latency: scatterOf(samples, (s) =>
      s.latencyNanos === undefined ? undefined : s.latencyNanos / latency(s),
    ),
    notice: scatterOf(samples, ({ noticeNanos }) =>
      noticeNanos === undefined ? undefined : noticeNanos / host.noticeNanos,
    ),
  };
}

/**
 * By run, the interference that all other runs show: what a fit says of a run that it never saw. Of
 * fewer than three runs none can be spared.
 */
function withoutEachRun(
  beside: readonly Sample[],
  { phases, interference }: Pick<Fitted, 'phases' | 'interference'>,
): ReadonlyMap<string, Interference> {
  const runs = [...new Set(beside.map((s) => s.run))];
  if (runs.length < 3) return new Map();
  return new Map(
    runs.map((run) => {
      const others = beside.filter((s) => s.run !== run);
      return [run, fitInterference(others, phases, interference)];
    }),
  );
}

/** The same for works with prompts and decode, where these are fitted by passes. */
function passesWithoutEachRun(
  alone: readonly Sample[],
  { decode, prefill }: Phases,
): ReadonlyMap<string, Passes> {
  const prompts = alone.filter(isPrefill);
  const runs = [...new Set(prompts.filter((s) => s.features.decodeRows > 0).map(({ run }) => run))];
  if (prefill.reach === undefined || runs.length < 3) return new Map();
  return new Map(
    runs.flatMap((run) => {
      const others = prompts.filter((s) => s.run !== run);
      const passes = fitPasses(others, decode);
      return passes === undefined ? [] : [[run, passes] as const];
    }),
  );
}

function lineAt({ nanos, nanosPerUnit }: Line, units: number): number {
  return nanos + nanosPerUnit * units;
}
