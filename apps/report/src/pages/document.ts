import type { ReportData } from '../data/report-data.ts';
import { html, scriptCode, scriptJson } from '../marks/html.ts';
import { h } from '../marks/mark.ts';
import { experimentPage } from './experiment.ts';
import { runChoices } from './run-section.ts';
import { CHART_STYLE } from './style-charts.ts';
import { PAGE_STYLE } from './style-page.ts';

/**
 * The whole page of an experiment as HTML that needs nothing else, not even a server.
 *
 * `browserCode` is the bundle of `src/browser`, which adds zooming, hovering and downloads; without
 * it the page shows the same figures and tables.
 */
export function reportPage(data: ReportData, browserCode = ''): string {
  const choices = runChoices(data);
  const body = experimentPage(data, choices).map((part) => html(h('div', {}, part)).slice(5, -6));
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
    `<script type="application/json" id="runs">${scriptJson(choices)}</script>`,
    browserCode === '' ? '' : `<script>${scriptCode(browserCode)}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}
