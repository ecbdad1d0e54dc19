import { rowsNanos } from '../cost-models/profile.ts';
import type { Profile } from '../cost-models/profile-file.ts';
import { fitNonNegative } from '../fit/non-negative.ts';
import { fitRelative } from '../fit/robust.ts';
import type { Sample } from './samples.ts';

/** Fewer mixed works than this are not fitted. */
const FEWEST = 6;

/** One phase after the other, as long as nothing else was measured. */
const oneAfterTheOther: Profile['mixed'] = { nanos: 0, decodeFactor: 1, prefillFactor: 1 };

/**
 * Works with rows of both kinds: what the sum of the two phases must be weighted with. The weights
 * are at least 0: more of a phase never takes less time.
 */
export function fitMixed(
  samples: readonly Sample[],
  phases: Pick<Profile, 'decode' | 'prefill'>,
): Profile['mixed'] {
  if (samples.length < FEWEST) return oneAfterTheOther;
  const profile = { ...phases, mixed: oneAfterTheOther };
  const rows = samples.map(({ features }) => {
    const decode = rowsNanos(profile, { ...features, prefillTokens: 0 });
    const prefill = rowsNanos(profile, { ...features, decodeRows: 0 });
    return [1, decode, prefill];
  });
  const targets = samples.map((s) => s.rowsNanos);
  // The constant may be negative: phases that share a read of the weights save one.
  const fitted = fitNonNegative(rows, [1, 2], (columns) => fitRelative(columns, targets));
  if (fitted === undefined) return oneAfterTheOther;
  const [nanos, decodeFactor, prefillFactor] = fitted;
  return { nanos, decodeFactor, prefillFactor };
}
