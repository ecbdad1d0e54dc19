import { h, type Mark } from '../marks/mark.ts';

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
      facts.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
    ),
  );
}
