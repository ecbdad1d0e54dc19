import type { Law } from '../law.ts';
import { firstDifference } from '../twins.ts';

/** Ids are opaque: here they are given out backwards. */
export const relabelling: Law = {
  name: 'relabelling',
  statement: 'Renaming the requests changes nothing but the names.',
  check(run, twin) {
    const requestIds = run.requestIds.map((_, place, { length }) => length - 1 - place);
    const other = twin(run.world, { requestIds });
    const places = new Map(requestIds.map((id, place) => [id, run.requestIds[place]!]));
    const difference = firstDifference(run, other, { request: (id) => places.get(id) ?? -1 });
    if (difference === undefined) return undefined;
    const message = `with the requests numbered backwards it decides otherwise:\n${difference.text}`;
    return { step: difference.step, message };
  },
};
