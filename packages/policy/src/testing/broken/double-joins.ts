import { lookupPolicy } from '../../policies/index.ts';
import type { Broken } from './broken.ts';
import { faultyScheduler } from './faulty-scheduler.ts';

export const doubleJoins: Broken = {
  fault: 'lets the last row of a work join it twice',
  law: 'causality',
  definition: lookupPolicy('temporal-fusion'),
  createScheduler: faultyScheduler(() => {
    const twice = <T>(items: readonly T[]) => [...items, items.at(-1)!];
    return {
      launches(work) {
        const { sequences, from, to, flags } = work;
        const rows = { sequences, from, to, flags };
        if (sequences.length < 2) return work;
        const doubled = Object.entries(rows).map(([key, items]) => [key, twice<number>(items)]);
        return { ...work, ...Object.fromEntries(doubled) };
      },
    };
  }),
};
