import type { CaseRequest, LawCase } from '../case.ts';
import type { Law } from '../law.ts';
import { firstDifference } from '../twins.ts';

/** Binds every policy that does not ask for the oracle by name. */
export const noFuture: Law = {
  name: 'no-future',
  statement:
    'Changing the hidden output lengths changes no decision before the first event that shows it.',
  binds: (policy) => policy.oracle !== true,
  check(run, twin) {
    const other = twin(withOtherEnds(run.world));
    const difference = firstDifference(run, other);
    if (difference === undefined || difference.eventsDiffer) return undefined;
    const message =
      'with other hidden output lengths and the same events so far it decides otherwise:\n' +
      difference.text;
    return { step: difference.step, message };
  },
};

/** The same world, in which every request that stops early does not, or else each does at once. */
function withOtherEnds(world: LawCase): LawCase {
  const someStop = world.requests.some((request) => request.endsAt.length > 0);
  const other = (request: CaseRequest) => ({ ...request, endsAt: someStop ? [] : [1] });
  return { ...world, requests: world.requests.map(other) };
}
