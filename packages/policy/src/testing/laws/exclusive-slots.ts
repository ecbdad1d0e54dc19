import { replayKv } from '../kv-oracle.ts';
import type { Law } from '../law.ts';

/** Checked by a model of the memory that follows the works in the order in which they run. */
export const exclusiveSlots: Law = {
  name: 'exclusive-slots',
  statement:
    'No block belongs to two sequences, nothing is placed or moved over live KV, ' +
    'and works that run at the same time never touch the same KV when one of them writes.',
  check: (run) => replayKv(run).find((finding) => finding.law === 'exclusive-slots'),
};
