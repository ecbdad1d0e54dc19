import { mean, median } from 'simple-statistics';
import type { HostCosts, Line } from '../cost-models/profile-file.ts';
import { fitLine } from './lines.ts';
import type { Sample } from './samples.ts';

/**
 * Everything that an iteration takes beside its own time on the device: medians, and of the gap between
 * queued works the mean, because every iteration has one and a few are long.
 */
export function fitHost(samples: readonly Sample[]): HostCosts {
  const decodes = samples.filter((s) => s.features.prefillTokens === 0);
  const prefills = samples.filter((s) => s.features.prefillTokens > 0);
  const launchDecode = fitLine(
    decodes.map((s) => [s.rows, s.launchNanos]),
    'median',
  );
  const launchPrefill = fitLine(
    prefills.map((s) => [s.features.prefillTokens, s.launchNanos]),
    'median',
  );
  const undisturbed = samples.filter((s) => s.besideNanos === 0 && s.features.moves === 0);
  return {
    plan: fitLine(
      samples.map((s) => [s.rows, s.planNanos]),
      'median',
    ),
    launchDecode,
    launchPrefill,
    // Where no decode work ever met an idle lane, the call alone is known.
    latencyDecodeNanos: middle(decodes.map((s) => s.latencyNanos)) ?? launchDecode.nanos,
    latencyPrefill: latencyOfPrompts(prefills) ?? { nanos: launchPrefill.nanos, nanosPerUnit: 0 },
    gapNanos: Math.max(0, average(undisturbed.map((s) => s.gapNanos)) ?? 0),
    noticeNanos: middle(samples.map((s) => s.noticeNanos)) ?? 0,
  };
}

/** The median of single prompts, and of what each further one of a work adds to it, at least 0. */
function latencyOfPrompts(prefills: readonly Sample[]): Line | undefined {
  const known = prefills.flatMap(({ latencyNanos, features }) =>
    latencyNanos === undefined ? [] : [{ latencyNanos, further: features.prefillRows - 1 }],
  );
  const single = known.filter(({ further }) => further === 0);
  const nanos = middle((single.length > 0 ? single : known).map((s) => s.latencyNanos));
  if (nanos === undefined) return undefined;
  const added = known.flatMap(({ latencyNanos, further }) =>
    single.length > 0 && further > 0 ? [(latencyNanos - nanos) / further] : [],
  );
  return { nanos, nanosPerUnit: Math.max(0, middle(added) ?? 0) };
}

function average(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : mean(known);
}

function middle(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : median(known);
}
