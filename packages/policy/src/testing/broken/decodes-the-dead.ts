import { definePolicy, type SequenceView } from '../../policy.ts';
import type { Broken } from './broken.ts';
import { plainPlan } from './plain.ts';

export const decodesTheDead: Broken = {
  fault: 'keeps its own list of sequences and decodes them after their end',
  law: 'legality',
  definition: definePolicy({
    name: 'decodes-the-dead',
    parameters: {},
    create() {
      const mine = new Set<SequenceView>();
      return {
        name: 'decodes-the-dead',
        lanes: ['main'],
        plan(_, plan) {
          plainPlan(plan);
          for (const sequence of mine) if (sequence.state === 'ended') plan.decode(sequence);
          for (const sequence of plan.sequences) mine.add(sequence);
        },
      };
    },
  }),
};
