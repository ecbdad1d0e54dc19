import { lookupPolicy } from '../../policies/index.ts';
import type { Broken } from './broken.ts';
import { faultyScheduler } from './faulty-scheduler.ts';

export const releasesTooEarly: Broken = {
  fault: 'releases a sequence when its request finishes, though a queued work still names it',
  law: 'causality',
  definition: lookupPolicy('temporal-fusion'),
  createScheduler: faultyScheduler(() => {
    const first = new Map<number, number>();
    const released = new Set<number>();
    return {
      says(action) {
        if (action.kind === 'admit') first.set(action.request, action.firstSequence);
        if (action.kind === 'release' && released.has(action.sequence)) return [];
        if (action.kind === 'release') released.add(action.sequence);
        const sequence = action.kind === 'finish' ? first.get(action.request) : undefined;
        if (sequence === undefined || released.has(sequence)) return [action];
        released.add(sequence);
        return [action, { kind: 'release', sequence }];
      },
    };
  }),
  options: { planAhead: 1 },
};
