import type { Figure, Table } from '../figures/figure.ts';
import { number, unbroken } from '../marks/format.ts';
import { h, type Mark } from '../marks/mark.ts';

/** A page shows tables of so many rows whole, and of longer ones the first few: the download has all. */
const ROWS_WHOLE = 200;
const ROWS_SHOWN = 30;

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
      shownOf(table).map((row) => h('tr', {}, row.map(cell))),
    ),
  );
}

function shownOf({ rows }: Table): Table['rows'] {
  return rows.length <= ROWS_WHOLE ? rows : rows.slice(0, ROWS_SHOWN);
}

function shown(value: number): string {
  return Number.isInteger(value) ? String(value).replace('-', '−') : number(value);
}

function caption(table: Table): string {
  const { length } = table.rows;
  if (length <= ROWS_WHOLE) return table.caption;
  return `${table.caption}. The first ${ROWS_SHOWN} of ${number(length)} rows; the download has all.`;
}

/** What can be taken away: the data (`href` leads to its CSV), the drawing, and a link to the figure. */
function actions({ id, title }: Figure, href: string, whole?: string): Mark {
  const name = href.replace(/^.*\/|\.csv$/g, '');
  return h(
    'p',
    { class: 'actions' },
    whole === undefined
      ? null
      : h('a', { href: whole, 'aria-label': `Data of the figure: ${title}` }, 'Data'),
    h('a', { class: 'download', href, download: `${name}.csv` }, 'Download CSV'),
    // Made by the script, which shows the button.
    h(
      'button',
      { type: 'button', class: 'save-svg', 'data-name': name, hidden: '' },
      'Download SVG',
    ),
    h(
      'a',
      { class: 'anchor', href: `#${id}`, 'aria-label': `Link to the figure: ${title}` },
      'Link',
    ),
  );
}

/** A table that opens below its figure. */
function dataBlock(id: string, table: Table): Mark {
  return h(
    'details',
    { class: 'data-block', 'data-name': id },
    h('summary', {}, 'Data'),
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
export function figureMark(
  figure: Figure,
  source: string,
  { csv, whole }: { readonly csv: string; readonly whole?: string },
): Mark {
  return h(
    'figure',
    { id: figure.id, 'aria-labelledby': `${figure.id}-title` },
    h('h2', { id: `${figure.id}-title` }, figure.title),
    h('p', { class: 'finding' }, unbroken(figure.finding)),
    h('div', { class: 'drawing' }, figure.drawing),
    h(
      'figcaption',
      {},
      figure.note ? h('p', { class: 'note' }, figure.note) : null,
      h('p', { class: 'source' }, source),
      actions(figure, csv, whole),
      whole === undefined ? dataBlock(figure.id, figure.table) : null,
    ),
  );
}
