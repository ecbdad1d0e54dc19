import { h, type Mark } from '../marks/mark.ts';

/** Longer values, such as a mix of workloads, take the whole width instead of a tall column; characters. */
const LONG = 160;

/** A section of names and values. */
export function factsSection(
  id: string,
  title: string,
  facts: readonly (readonly [string, string])[],
): Mark {
  return h(
    'section',
    { id, 'aria-labelledby': `${id}-title` },
    h('h2', { id: `${id}-title` }, title),
    h(
      'dl',
      {},
      facts.map(([name, value]) => {
        const look = value.length > LONG ? 'long' : undefined;
        return h('div', { class: look }, h('dt', {}, name), h('dd', {}, value));
      }),
    ),
  );
}
