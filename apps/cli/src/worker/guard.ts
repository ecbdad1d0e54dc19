import type { PolicyDefinition } from '@flover/policy';
import type { Heartbeat } from './heartbeat.ts';

/** The same policy, whose every planning is marked on the heartbeat while it lasts. */
export function guardPolicy(definition: PolicyDefinition, heartbeat: Heartbeat): PolicyDefinition {
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
          heartbeat.enter();
          try {
            policy.plan(lane, plan);
          } finally {
            heartbeat.leave();
          }
        },
      };
    },
  };
}
