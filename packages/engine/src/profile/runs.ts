import { besideRuns, fewBesideRuns } from './beside-runs.ts';
import { decodeRuns, fewDecodeRuns } from './decode-runs.ts';
import { fusedPrefillRuns, idleRun, prefillRun } from './prefill-runs.ts';
import { instancesRuns, mixedRuns, reorderingRun } from './random-runs.ts';
import type { ProfileReach, ProfileRun } from './reach.ts';

/**
 * The runs that a profile is made of: prefill over lengths, decode over batch and context, prefill
 * beside decode, both in one work, reordering moves, requests after a pause, and a few runs again.
 * Every scheduler here plans and launches as it would in earnest, so host overhead is measured with
 * them.
 */
export function profileRuns(reach: ProfileReach, seed: number): readonly ProfileRun[] {
  const again = [prefillRun(reach, 1), ...fewDecodeRuns(reach), ...fewBesideRuns(reach, seed)];
  return [
    prefillRun(reach),
    ...decodeRuns(reach),
    ...fusedPrefillRuns(reach),
    ...besideRuns(reach, seed),
    ...mixedRuns(reach, seed),
    reorderingRun(reach, seed),
    ...instancesRuns(reach, seed),
    idleRun(reach),
    ...again.map((run) => ({ ...run, name: `${run.name}, again`, again: true })),
  ];
}
