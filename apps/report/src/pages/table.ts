import type { Figure, Table } from '../figures/figure.ts';
import { number } from '../marks/format.ts';
import { h, type Mark } from '../marks/mark.ts';

/** A table of data; numbers are rounded to be read, and whole in `data-value`. */
export function tableMark(table: Table): Mark {
  const cell = (value: string | number | null) =>
    typeof value === 'number'
      ? h('td', { class: 'number', 'data-value': String(value) }, shown(value))
      : h('td', {}, value ?? '–');
  return h(
    'table',
    { class: 'data' },
    h('caption', {}, table.caption),
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
      table.rows.map((row) => h('tr', {}, row.map(cell))),
    ),
  );
}

function shown(value: number): string {
  return Number.isInteger(value) ? String(value).replace('-', '−') : number(value);
}

/** A table that opens below its figure, with a button that downloads it. */
export function dataBlock(id: string, table: Table): Mark {
  return h(
    'details',
    { class: 'data-block', 'data-name': id },
    h('summary', {}, 'Data'),
    h('button', { type: 'button', class: 'download', 'data-table': id }, 'Download CSV'),
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

/** A figure with its finding above and its data below. */
export function figureMark(figure: Figure, source: string): Mark {
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
      dataBlock(figure.id, figure.table),
    ),
  );
}
