import { besideRuns, farBesideRuns, fewBesideRuns, longBesideRuns } from './beside-runs.ts';
import { chunkRuns } from './chunk-runs.ts';
import { decodeRuns, fewDecodeRuns, longDecodeRuns } from './decode-runs.ts';
import {
  coolPrefillRun,
  fusedPrefillRuns,
  idleRun,
  longPrefillRun,
  prefillRun,
} from './prefill-runs.ts';
import { laneRuns, longLaneRuns, mixedRuns, reorderingRun } from './random-runs.ts';
import { longReach, type ProfileReach, type ProfileRun, wideReach } from './reach.ts';

/**
 * The runs that a profile is made of: prefill over lengths, decode over batch and context, prefill
 * beside decode, both in one work, reordering moves, several lanes at once, requests after a pause;
 * then, on a second engine, a few runs again, what only its longer slots allow, long prompts in chunks and
 * on several lanes, and prompts on a cool device. Every scheduler
 * here plans and launches as it would in earnest, so host overhead is measured with them.
 */
export function profileRuns(reach: ProfileReach, seed: number): readonly ProfileRun[] {
  const wide = wideReach(reach);
  const long = longReach(reach);
  const again = [prefillRun(long, 1), ...fewDecodeRuns(long), ...fewBesideRuns(long, seed)];
  return [
    prefillRun(wide),
    ...decodeRuns(wide),
    ...fusedPrefillRuns(wide),
    ...besideRuns(wide, seed),
    ...mixedRuns(wide, seed),
    reorderingRun(wide, seed),
    ...laneRuns(wide, seed),
    idleRun(wide),
    ...[
      ...again.map((run) => ({ ...run, name: `${run.name}, again` })),
      ...longPrefillRun(long, wide.maxContext),
      ...longDecodeRuns(long, wide.maxContext),
      ...longBesideRuns(long, seed),
      ...farBesideRuns(long, seed),
      ...chunkRuns(long, seed),
      ...coolPrefillRun(long, seed),
      ...longLaneRuns(long, seed),
    ].map((run) => ({ ...run, second: true })),
  ];
}
