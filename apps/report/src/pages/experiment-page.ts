import type { Experiment, SiteData } from '../data/site-data.ts';
import { headline } from '../facts/headline.ts';
import { h, type Mark } from '../marks/mark.ts';
import { comparisonContent, runLinks } from './comparison-page.ts';
import { linkTo, type Page, type PlacedFigure } from './page.ts';
import { comparisonPath, experimentPath } from './paths.ts';
import { titleOf } from './readme.ts';

/** A page for each experiment: what was asked, what was found, and the way to every run. */
export function experimentPages(site: SiteData): Page[] {
  return site.experiments.map((experiment) => ({
    path: experimentPath(experiment),
    title: titleOf(experiment),
    content: [
      ...results(site, experiment),
      ...runLinks(experiment.runs, experimentPath(experiment)),
    ],
  }));
}

function results(site: SiteData, experiment: Experiment): (Mark | PlacedFigure)[] {
  const { comparisons } = experiment;
  const path = experimentPath(experiment);
  const [first] = comparisons;
  if (first === undefined) return [];
  if (comparisons.length === 1) return comparisonContent(site, first, path);
  return [
    h(
      'section',
      { 'aria-labelledby': 'comparisons' },
      h('h2', { id: 'comparisons' }, 'Comparisons'),
      h(
        'ul',
        {},
        comparisons.map((comparison) =>
          h(
            'li',
            {},
            h('a', { href: linkTo({ path }, comparisonPath(comparison)) }, comparison.value.name),
            `: ${headline(comparison.value)}`,
          ),
        ),
      ),
    ),
  ];
}
