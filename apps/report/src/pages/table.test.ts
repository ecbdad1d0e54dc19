import { expect, test } from 'vitest';
import { html } from '../marks/html.ts';
import { h } from '../marks/mark.ts';
import { figureMark } from './table.ts';

const figure = (count: number) => ({
  ...{ id: 'long', title: 'Long', finding: '1 finding.', drawing: h('svg') },
  table: {
    caption: 'Numbers',
    columns: ['n'],
    rows: Array.from({ length: count }, (_, i) => [i + 0.5]),
  },
});
const csv = '../data/x/page.long.csv';
const shown = (count: number, whole?: string) =>
  html(figureMark(figure(count), 'a source', { csv, ...(whole !== undefined && { whole }) }));

test('a page shows the first rows of a long table and says so; the file has all', () => {
  expect(shown(200).match(/<tr>/g)).toHaveLength(1 + 200);
  expect(shown(200)).not.toContain('The first');
  expect(shown(1234).match(/<tr>/g)).toHaveLength(1 + 30);
  expect(shown(1234)).toContain('The first 30 of 1,234 rows; the download has all.');
});

test('what is taken away is named after its page and its figure', () => {
  const text = shown(1);
  expect(text).toContain('href="../data/x/page.long.csv" download="page.long.csv"');
  expect(text).toContain('data-name="page.long"');
  expect(text).toContain('href="#long"');
});

test('where the table stands elsewhere a link leads there, and the file is here too', () => {
  const text = shown(5, '../experiments/x.html#long');
  expect(text).not.toContain('<table');
  expect(text).toContain(
    '<a href="../experiments/x.html#long" aria-label="Data of the figure: Long">Data</a>',
  );
  expect(text).toContain('download="page.long.csv"');
});
