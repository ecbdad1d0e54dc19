import type { Figure, Table } from '../figures/figure.ts';
import { number } from '../marks/format.ts';
import { h, type Mark } from '../marks/mark.ts';

/** A page shows no more rows than this of a table; its download has them all. */
const ROWS_SHOWN = 200;

/** A table of data, its numbers rounded to be read. */
function tableMark(table: Table): Mark {
  const cell = (value: string | number | null) =>
    typeof value === 'number'
      ? h('td', { class: 'number' }, shown(value))
      : h('td', {}, value ?? '–');
  return h(
    'table',
    { class: 'data' },
    h('caption', {}, caption(table)),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        table.columns.map((name) => h('th', { scope: 'col' }, name)),
      ),
    ),
    h(
      'tbody',
      {},
      table.rows.slice(0, ROWS_SHOWN).map((row) => h('tr', {}, row.map(cell))),
    ),
  );
}

function shown(value: number): string {
  return Number.isInteger(value) ? String(value).replace('-', '−') : number(value);
}

function caption(table: Table): string {
  const { length } = table.rows;
  if (length <= ROWS_SHOWN) return table.caption;
  return `${table.caption}. The first ${ROWS_SHOWN} of ${number(length)} rows; the download has all.`;
}

/** A table that opens below its figure, with a link that downloads it: `href` leads to its CSV. */
function dataBlock(id: string, table: Table, href: string): Mark {
  return h(
    'details',
    { class: 'data-block', 'data-name': id },
    h('summary', {}, 'Data'),
    h('a', { class: 'download', href, download: `${id}.csv` }, 'Download CSV'),
    h(
      'div',
      {
        class: 'scroll',
        id: `table-${id}`,
        tabindex: 0,
        role: 'region',
        'aria-label': table.caption,
      },
      tableMark(table),
    ),
  );
}

/** A figure with its finding above, and below it where it comes from and its data. */
export function figureMark(figure: Figure, source: string, href: string): Mark {
  return h(
    'figure',
    { id: figure.id, 'aria-labelledby': `${figure.id}-title` },
    h('h2', { id: `${figure.id}-title` }, figure.title),
    h('p', { class: 'finding' }, figure.finding),
    h('div', { class: 'drawing' }, figure.drawing),
    h(
      'figcaption',
      {},
      figure.note ? h('p', { class: 'note' }, figure.note) : null,
      h('p', { class: 'source' }, source),
      dataBlock(figure.id, figure.table, href),
    ),
  );
}
