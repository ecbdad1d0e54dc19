import type { RunSignal } from '@flover/engine';
import type { PolicyDefinition } from '@flover/policy';

/** The same policy, whose every planning is marked on the signal while it lasts. */
export function guardPolicy(definition: PolicyDefinition, signal: RunSignal): PolicyDefinition {
  return {
    ...definition,
    create(parameters) {
      const policy = definition.create(parameters);
      return {
        name: policy.name,
        lanes: policy.lanes,
        ...(policy.claims ? { claims: policy.claims } : {}),
        ...(policy.oracle ? { oracle: true } : {}),
        plan(lane, plan) {
          signal.beat();
          signal.markPolicy(true);
          try {
            return policy.plan(lane, plan);
          } finally {
            signal.markPolicy(false);
          }
        },
      };
    },
  };
}
