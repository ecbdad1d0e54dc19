import { lookupPolicy } from '../../policies/index.ts';
import type { Broken } from './broken.ts';
import { faultyScheduler } from './faulty-scheduler.ts';

export const movesAFraction: Broken = {
  fault: 'moves only a part of the KV of a sequence, as the published code does',
  law: 'kv-integrity',
  definition: lookupPolicy('temporal-fusion'),
  createScheduler: faultyScheduler(() => ({
    launches: (work) => ({
      ...work,
      moves: work.moves.map((move) => ({ ...move, tokens: move.tokens >> 1 })),
    }),
  })),
  options: { memory: 'contiguous' },
};
