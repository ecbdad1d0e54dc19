import { replayKv } from '../kv-oracle.ts';
import type { Law } from '../law.ts';

/** Checked by a model of the memory that remembers which token was written into which cell. */
export const kvIntegrity: Law = {
  name: 'kv-integrity',
  statement:
    'Whatever a row, a move, a fork or a swap reads is the KV of exactly the tokens it should be, ' +
    'written before at that place.',
  check: (run) => replayKv(run).find((finding) => finding.law === 'kv-integrity'),
};
