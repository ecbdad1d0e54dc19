import { admitsLastFirst } from './admits-last-first.ts';
import type { Broken } from './broken.ts';
import { countsSequencesWrongly } from './counts-sequences-wrongly.ts';
import { dawdles } from './dawdles.ts';
import { decodesTheDead } from './decodes-the-dead.ts';
import { doubleJoins } from './double-joins.ts';
import { favoursAName } from './favours-a-name.ts';
import { finishesTwice } from './finishes-twice.ts';
import { forgetsCancels } from './forgets-cancels.ts';
import { forgetsForks } from './forgets-forks.ts';
import { forgetsStops } from './forgets-stops.ts';
import { hasARushHour } from './has-a-rush-hour.ts';
import { hidesHoles } from './hides-holes.ts';
import { ignoresBusyLanes } from './ignores-busy-lanes.ts';
import { keepsAStaleSlot } from './keeps-a-stale-slot.ts';
import { leaksASlot } from './leaks-a-slot.ts';
import { miscountsTokens } from './miscounts-tokens.ts';
import { movesAFraction } from './moves-a-fraction.ts';
import { movesOverLiveSlot } from './moves-over-live-slot.ts';
import { neverReleases } from './never-releases.ts';
import { neverReorders } from './never-reorders.ts';
import { overbooksKv } from './overbooks-kv.ts';
import { overbooksTheHost } from './overbooks-the-host.ts';
import { overtakesWithoutEnd } from './overtakes-without-end.ts';
import { plansTooFar } from './plans-too-far.ts';
import { prefersLowNumbers } from './prefers-low-numbers.ts';
import { readsTheClock } from './reads-the-clock.ts';
import { readsTheFuture } from './reads-the-future.ts';
import { refusesSilently } from './refuses-silently.ts';
import { releasesTooEarly } from './releases-too-early.ts';
import { remembersOtherRuns } from './remembers-other-runs.ts';
import { rewritesHistory } from './rewrites-history.ts';
import { samplesAgainAfterPreemption } from './samples-again-after-preemption.ts';
import { starvesLongPrompts } from './starves-long-prompts.ts';
import { swapsInAFraction } from './swaps-in-a-fraction.ts';
import { throwsDice } from './throws-dice.ts';
import { wakesForEver } from './wakes-for-ever.ts';

/** Wrong on purpose; each must be caught by the law that it names. */
export const broken: Readonly<Record<string, Broken>> = {
  'admits-last-first': admitsLastFirst,
  'counts-sequences-wrongly': countsSequencesWrongly,
  dawdles: dawdles,
  'decodes-the-dead': decodesTheDead,
  'double-joins': doubleJoins,
  'favours-a-name': favoursAName,
  'finishes-twice': finishesTwice,
  'forgets-cancels': forgetsCancels,
  'forgets-forks': forgetsForks,
  'forgets-stops': forgetsStops,
  'has-a-rush-hour': hasARushHour,
  'hides-holes': hidesHoles,
  'ignores-busy-lanes': ignoresBusyLanes,
  'keeps-a-stale-slot': keepsAStaleSlot,
  'leaks-a-slot': leaksASlot,
  'miscounts-tokens': miscountsTokens,
  'moves-a-fraction': movesAFraction,
  'moves-over-live-slot': movesOverLiveSlot,
  'never-releases': neverReleases,
  'never-reorders': neverReorders,
  'overbooks-kv': overbooksKv,
  'overbooks-the-host': overbooksTheHost,
  'overtakes-without-end': overtakesWithoutEnd,
  'plans-too-far': plansTooFar,
  'prefers-low-numbers': prefersLowNumbers,
  'reads-the-clock': readsTheClock,
  'reads-the-future': readsTheFuture,
  'refuses-silently': refusesSilently,
  'releases-too-early': releasesTooEarly,
  'remembers-other-runs': remembersOtherRuns,
  'rewrites-history': rewritesHistory,
  'samples-again-after-preemption': samplesAgainAfterPreemption,
  'starves-long-prompts': starvesLongPrompts,
  'swaps-in-a-fraction': swapsInAFraction,
  'throws-dice': throwsDice,
  'wakes-for-ever': wakesForEver,
};
