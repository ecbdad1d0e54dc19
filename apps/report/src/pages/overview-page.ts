import type { Experiment, Signs, SiteData } from '../data/site-data.ts';
import { listed, number } from '../marks/format.ts';
import { h, type Mark } from '../marks/mark.ts';
import { leadFigure } from './lead-figure.ts';
import { linkTo, type Page, type PlacedFigure } from './page.ts';
import { experimentPath } from './paths.ts';
import { questionOf, titleOf } from './readme.ts';

const PATH = 'index.html';

/** The front page: what each experiment found, in one figure. */
export function overviewPages(site: SiteData): Page[] {
  const content = site.experiments.flatMap((experiment) => part(experiment, site.signs));
  return [
    {
      path: PATH,
      title: site.title,
      nav: 'Overview',
      content: [summary(site), ...content, ...problems(site)],
    },
  ];
}

/** How much stands behind the pages. */
function summary({ experiments, runs }: SiteData): Mark {
  const of = (kind: 'comparisons' | 'sweeps') =>
    experiments.reduce((sum, experiment) => sum + experiment[kind].length, 0);
  const counts = [
    counted(experiments.length, 'experiment'),
    counted(of('comparisons'), 'comparison'),
    counted(of('sweeps'), 'sweep'),
    counted(runs.length, 'run'),
  ].flatMap((text) => text ?? []);
  return h('p', { class: 'question' }, `What was found, in one figure each: ${listed(counts)}.`);
}

function counted(count: number, noun: string): string | undefined {
  if (count === 0) return undefined;
  return count === 1 ? `one ${noun}` : `${number(count)} ${noun}s`;
}

function part(experiment: Experiment, signs: Signs): (Mark | PlacedFigure)[] {
  const question = questionOf(experiment);
  const heading = h(
    'section',
    { class: 'entry', 'aria-labelledby': `entry-${experiment.id}` },
    h(
      'h2',
      { id: `entry-${experiment.id}` },
      h('a', { href: linkTo({ path: PATH }, experimentPath(experiment)) }, titleOf(experiment)),
    ),
    question ? h('p', { class: 'question' }, question) : null,
  );
  const lead = leadFigure(experiment, signs);
  return lead === undefined ? [heading] : [heading, lead];
}

/** Files that could not be read are named: a site never leaves out results in silence. */
function problems({ problems }: SiteData): Mark[] {
  if (problems.length === 0) return [];
  return [
    h(
      'section',
      { 'aria-labelledby': 'problems' },
      h('h2', { id: 'problems' }, 'Files that could not be read'),
      h(
        'ul',
        {},
        problems.map(({ path, message }) => h('li', {}, h('code', {}, path), `: ${message}`)),
      ),
    ),
  ];
}
