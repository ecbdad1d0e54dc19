import type { SiteData } from '../data/site-data.ts';
import { type MetricFamily, metricFamilies, SYMBOLS } from '../facts/formulas.ts';
import { WORDS, wordAnchor } from '../facts/words.ts';
import { type Child, h, type Mark } from '../marks/mark.ts';
import { section, writtenTable } from './blocks.ts';
import type { Page } from './page.ts';
import { GLOSSARY_PATH, metricAnchor } from './paths.ts';

const BETTER = { lower: 'lower', higher: 'higher', neither: '–' } as const;

/** What the words mean and how every metric is computed; other pages link to its anchors. */
export function glossaryPages(_site: SiteData): Page[] {
  return [
    {
      path: GLOSSARY_PATH,
      title: 'Glossary',
      nav: 'Glossary',
      content: [words(), symbols(), metrics()],
    },
  ];
}

function words(): Mark {
  const entries = WORDS.map(([word, meaning]) =>
    h('div', { id: wordAnchor(word) }, h('dt', {}, word), h('dd', {}, meaning)),
  );
  return section('words', 'Words', h('dl', { class: 'glossary' }, entries));
}

function symbols(): Mark {
  const rows = SYMBOLS.map(([symbol, meaning]) =>
    h('tr', {}, h('th', { scope: 'row' }, symbol), h('td', {}, meaning)),
  );
  const caption = 'Times are on the run’s own clock; they end when the scheduler has the tokens.';
  const table = writtenTable('Symbols', ['Symbol', 'Meaning'], rows, caption);
  return section('symbols', 'Symbols', table);
}

function metrics(): Mark {
  const caption =
    'Percentiles by definition 7 of Hyndman and Fan. A value that is not defined is missing, never 0. Details: docs/metrics.md.';
  const heads = ['Metric', 'Formula', 'Unit', 'Better', 'Keys'];
  const rows = metricFamilies().map(metricRow);
  return section('metrics', 'Metrics', writtenTable('Metrics', heads, rows, caption));
}

function metricRow({ name, formula, metrics: [first, ...rest] }: MetricFamily): Mark {
  const { unit, better } = first!;
  const keys = [first!, ...rest].map(({ key }) => h('code', { id: metricAnchor(key) }, key));
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, name),
    h('td', {}, formula),
    h('td', {}, unit),
    h('td', {}, BETTER[better]),
    h(
      'td',
      {},
      keys.flatMap((key, i): Child[] => (i === 0 ? [key] : [' ', key])),
    ),
  );
}
