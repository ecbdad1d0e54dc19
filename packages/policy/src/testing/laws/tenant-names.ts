import type { Law } from '../law.ts';
import { firstDifference } from '../twins.ts';

/** New names, and in the other order; binds every policy that does not know tenants by name. */
export const tenantNames: Law = {
  name: 'tenant-names',
  statement: 'Renaming the tenants changes no decision.',
  binds: (policy) => policy.knowsTenants !== true,
  check(run, twin) {
    const named = [...new Set(run.world.requests.flatMap(({ tenant }) => tenant ?? []))].sort();
    if (named.length === 0) return undefined;
    const renamed = named.map((_, place) => `tenant ${named.length - place}`);
    const tenantNames = new Map(named.map((name, place) => [name, renamed[place]!]));
    const back = new Map(named.map((name, place) => [renamed[place]!, name]));
    const other = twin(run.world, { tenantNames });
    const difference = firstDifference(run, other, { tenant: (name) => back.get(name) ?? name });
    if (difference === undefined) return undefined;
    const names = named.map((name, place) => `'${name}' called '${renamed[place]}'`);
    const message = `with ${names.join(', ')} it decides otherwise:\n${difference.text}`;
    return { step: difference.step, message };
  },
};
