import { lookupPolicy } from '../../policies/index.ts';
import type { Broken } from './broken.ts';
import { faultyScheduler } from './faulty-scheduler.ts';

export const miscountsTokens: Broken = {
  fault: 'loses the first token of a request that reaches its limit',
  law: 'conservation',
  definition: lookupPolicy('temporal-fusion'),
  createScheduler: faultyScheduler(() => ({
    says: (action) =>
      action.kind === 'finish' && action.reason === 'length'
        ? [{ ...action, outputTokens: action.outputTokens - 1 }]
        : [action],
  })),
};
