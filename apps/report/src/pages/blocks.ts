import { type Child, h, type Mark } from '../marks/mark.ts';

/** A part of a page under its own heading, which links can lead to. */
export function section(id: string, title: string, ...content: Child[]): Mark {
  return h(
    'section',
    { id, class: 'prose', 'aria-labelledby': `${id}-title` },
    h('h2', { id: `${id}-title` }, title),
    content,
  );
}

/** A table that is written and not drawn from: it scrolls by itself where it is too wide. */
export function writtenTable(
  label: string,
  heads: readonly string[],
  rows: readonly Mark[],
  caption?: string,
): Mark {
  const columns = heads.map((head) => h('th', { scope: 'col' }, head));
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': label },
    h(
      'table',
      { class: 'data' },
      caption ? h('caption', {}, caption) : null,
      h('thead', {}, h('tr', {}, columns)),
      h('tbody', {}, rows),
    ),
  );
}

/** A paragraph. */
export function paragraph(...content: Child[]): Mark {
  return h('p', {}, content);
}

/** A list of sentences. */
export function bullets(items: readonly Child[]): Mark {
  return h(
    'ul',
    {},
    items.map((item) => h('li', {}, item)),
  );
}
