import { definePolicy, type PolicyDefinition } from '../../policy.ts';
import { createScheduler } from '../../scheduler.ts';
import type { Broken } from './broken.ts';
import { plainPlan } from './plain.ts';

const name = 'reads-the-future';

/** A policy to which true output lengths leak past the scheduler. */
function leaky(lengths: ReadonlyMap<number, number>): PolicyDefinition {
  const length = (id: number) => lengths.get(id) ?? 0;
  return definePolicy({
    name,
    parameters: {},
    create: () => ({
      name,
      lanes: ['main'],
      plan: (_, plan) =>
        plainPlan(plan, (waiting) => waiting.sort((a, b) => length(a.id) - length(b.id))),
    }),
  });
}

export const readsTheFuture: Broken = {
  fault: 'admits the truly shortest request first without asking for the oracle',
  law: 'no-future',
  definition: leaky(new Map()),
  createScheduler(config) {
    const lengths = new Map<number, number>();
    const scheduler = createScheduler(config, leaky(lengths));
    return {
      step(event) {
        if (event.kind === 'arrive') {
          lengths.set(event.request.id, event.request.oracleOutputTokens!);
        }
        return scheduler.step(event);
      },
    };
  },
};
