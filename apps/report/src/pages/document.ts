import type { ReportData } from '../data/report-data.ts';
import { html, scriptCode } from '../marks/html.ts';
import { h, type Mark } from '../marks/mark.ts';
import { csv } from '../site/csv.ts';
import { comparisonSections, introduction } from './comparison-sections.ts';
import type { PlacedFigure } from './page.ts';
import { CHART_STYLE } from './style-charts.ts';
import { PAGE_STYLE } from './style-page.ts';
import { figureMark } from './table.ts';

/**
 * The whole page of an experiment as HTML that needs nothing else, not even a server.
 *
 * `browserCode` is the bundle of `src/browser`, which adds zooming, hovering and downloads; without
 * it the page shows the same figures and tables.
 */
export function reportPage(data: ReportData, browserCode = ''): string {
  const parts = comparisonSections(data, []);
  const body = [
    h(
      'header',
      {},
      h('p', { class: 'kicker' }, 'Flover experiment'),
      h('h1', {}, data.comparison.name),
      introduction(data.comparison),
    ),
    h('main', {}, parts.map(inline)),
  ].map(html);
  const title = html(h('title', {}, `${data.comparison.name} · Flover`));
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<link rel="icon" href="data:,">',
    title,
    `<style>${PAGE_STYLE}${CHART_STYLE}</style>`,
    '</head>',
    '<body>',
    ...body,
    '<div id="tip" role="tooltip" hidden></div>',
    browserCode === '' ? '' : `<script>${scriptCode(browserCode)}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** The data of a figure stands in its link, so that the page is one file. */
function inline(part: Mark | PlacedFigure): Mark {
  if (!('figure' in part)) return part;
  const href = `data:text/csv;charset=utf-8,${encodeURIComponent(csv(part.figure.table))}`;
  return figureMark(part.figure, part.source, href);
}
