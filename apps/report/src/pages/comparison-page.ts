import type { Comparison } from '@flover/metrics';
import { type Found, reportDataOf, type SiteData, type SiteRun } from '../data/site-data.ts';
import { runName } from '../facts/run-facts.ts';
import { h, type Mark } from '../marks/mark.ts';
import { comparisonSections, introduction } from './comparison-sections.ts';
import { linkTo, type Page } from './page.ts';
import { comparisonPath, experimentPath, runPath } from './paths.ts';
import { titleOf } from './readme.ts';

/** A page for each comparison of an experiment that has several. */
export function comparisonPages(site: SiteData): Page[] {
  return site.experiments
    .filter(({ comparisons }) => comparisons.length > 1)
    .flatMap((experiment) =>
      experiment.comparisons.map((comparison): Page => {
        const path = comparisonPath(comparison);
        const back = linkTo({ path }, experimentPath(experiment));
        return {
          path,
          title: comparison.value.name,
          content: [
            h('p', { class: 'kicker' }, h('a', { href: back }, titleOf(experiment))),
            ...comparisonContent(site, comparison, path),
          ],
        };
      }),
    );
}

/** All that is shown of one comparison, on whichever page it stands. */
export function comparisonContent(site: SiteData, comparison: Found<Comparison>, path: string) {
  const runs = site.runs.filter(({ value }) => value.comparison?.id === comparison.id);
  return [
    introduction(comparison.value),
    ...comparisonSections(reportDataOf(site, comparison), { path }, runLinks(runs, path)),
  ];
}

/** Links to the pages of runs. */
export function runLinks(runs: readonly Found<SiteRun>[], path: string): Mark[] {
  if (runs.length === 0) return [];
  return [
    h(
      'section',
      { id: 'runs', 'aria-labelledby': 'runs-title' },
      h('h2', { id: 'runs-title' }, 'Inside the runs'),
      h(
        'ul',
        { class: 'links' },
        runs.map((run) =>
          h('li', {}, h('a', { href: linkTo({ path }, runPath(run)) }, runName(run.value))),
        ),
      ),
    ),
  ];
}
