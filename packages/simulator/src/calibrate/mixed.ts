import type { Profile } from '../cost-models/profile-file.ts';
import {
  attentionNanos,
  decodeNanos,
  type Phases,
  prefillNanos,
} from '../cost-models/profile-rows.ts';
import { fitNonNegative } from '../fit/non-negative.ts';
import { fitRelative } from '../fit/robust.ts';
import type { Sample } from './samples.ts';

/** Fewer mixed works than this are not fitted. */
const FEWEST = 6;

/** One phase after the other, as long as nothing else was measured. */
const oneAfterTheOther: Profile['mixed'] = {
  nanos: 0,
  prefillFactor: 1,
  attentionFactor: 1,
  decodeFactor: 1,
};

/**
 * Works with rows of both kinds. Engines whose rows share a pass take the time of a prompt of all
 * their tokens, and decode attention; others one phase after the other. The weights are at least 0:
 * more of a phase never takes less time.
 */
export function fitMixed(
  samples: readonly Sample[],
  { decode, prefill }: Pick<Phases, 'decode' | 'prefill'>,
): Profile['mixed'] {
  if (samples.length < FEWEST) return oneAfterTheOther;
  const rows = samples.map(({ features }) => {
    const attention = attentionNanos(decode, features);
    const together = prefillNanos(prefill, features, features.decodeRows);
    return [1, together, attention, decodeNanos(decode, features) - attention];
  });
  const targets = samples.map((s) => s.rowsNanos);
  const solve = (columns: readonly (readonly number[])[]) => fitRelative(columns, targets);
  const fitted = fitNonNegative(rows, [0, 1, 2, 3], solve);
  if (fitted === undefined) return oneAfterTheOther;
  const [nanos, prefillFactor, attentionFactor, decodeFactor] = fitted;
  return { nanos, prefillFactor, attentionFactor, decodeFactor };
}
