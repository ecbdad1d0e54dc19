import type { Broken } from './broken.ts';
import { onePolicy, plainPlan } from './plain.ts';

const short = 4;

export const starvesLongPrompts: Broken = {
  fault: 'passes over requests with long prompts for ever',
  law: 'progress',
  definition: onePolicy('starves-long-prompts', (plan) =>
    plainPlan(plan, (waiting) => waiting.filter((request) => request.promptTokens <= short)),
  ),
};
