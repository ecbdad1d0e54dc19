import { lookupPolicy } from '../../policies/index.ts';
import type { Broken } from './broken.ts';
import { faultyScheduler } from './faulty-scheduler.ts';

export const movesOverLiveSlot: Broken = {
  fault: 'moves a sequence one slot too far down',
  law: 'exclusive-slots',
  definition: lookupPolicy('temporal-fusion'),
  createScheduler: faultyScheduler(() => ({
    launches: (work) => ({
      ...work,
      moves: work.moves.map((move) => ({ ...move, toBlock: Math.max(0, move.toBlock - 1) })),
    }),
  })),
  options: { memory: 'contiguous' },
};
