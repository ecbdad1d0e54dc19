import { priority as checkedPriority, tenant as checkedTenant } from './checks.ts';
import type { WorkloadCommon } from './config.ts';
import { mapRequests } from './map-requests.ts';
import type { RequestSource } from './request.ts';

/** The same requests, sent by the tenant and with the priority that the workload says, if it does. */
export function sentBy(config: WorkloadCommon, source: RequestSource): RequestSource {
  if (config.tenant === undefined && config.priority === undefined) return source;
  const sender = {
    ...(config.tenant !== undefined && { tenant: checkedTenant(config.tenant, 'tenant') }),
    ...(config.priority !== undefined && {
      priority: checkedPriority(config.priority, 'priority'),
    }),
  };
  return mapRequests(source, (request) => ({ ...request, ...sender }));
}
