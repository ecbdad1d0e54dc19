import type { PublishedComparison } from '@flover/metrics';
import type { Found, SiteData } from '../data/site-data.ts';
import {
  newestPublished,
  publishedGroups,
  publishedSource,
  subjectOf,
} from '../facts/published.ts';
import { publishedErrorsFigure } from '../figures/published-errors-figure.ts';
import { publishedFigure } from '../figures/published-figure.ts';
import { milliseconds, number } from '../marks/format.ts';
import { h, type Mark } from '../marks/mark.ts';
import { bullets, paragraph, section, writtenTable } from './blocks.ts';
import { linkTo, type Page, type PlacedFigure } from './page.ts';
import { experimentPath, PUBLISHED_PATH } from './paths.ts';
import { titleOf } from './readme.ts';
import { SHAPES_RULE, shapeFigures } from './shape-figures.ts';

const HERE = { path: PUBLISHED_PATH };
type Content = readonly (Mark | PlacedFigure)[];

/** Ours beside published; none where no published numbers are among the results. */
export function publishedPages(site: SiteData): Page[] {
  const all = newestPublished(site);
  if (all.length === 0) return [];
  return [
    {
      ...HERE,
      title: 'Ours beside published',
      nav: 'Published',
      content: all.flatMap((found, i) => publication(site, found, i === 0 ? '' : `-of-${i + 1}`)),
    },
  ];
}

function publication(
  site: SiteData,
  { value, experiment }: Found<PublishedComparison>,
  suffix: string,
): Content {
  const home = site.experiments.find(({ id }) => id === experiment)!;
  const link = h('a', { href: linkTo(HERE, experimentPath(home)) }, titleOf(home));
  const source = publishedSource(value);
  const errors = publishedErrorsFigure(value);
  const figures = publishedGroups(value).map((group, i) => {
    const figure = publishedFigure(group);
    return { ...figure, id: `${figure.id}-${i + 1}` };
  });
  const place = (figure: PlacedFigure['figure']) => ({
    figure: { ...figure, id: `${figure.id}${suffix}` },
    source,
  });
  return [
    h('p', { class: 'question' }, link, ` Published: ${value.source}`),
    fits(value, suffix),
    ...(errors ? [place(errors)] : []),
    ...figures.map(place),
    ...shapes(site, value, suffix),
    section(`assumptions${suffix}`, 'Assumptions', bullets(value.assumptions)),
  ];
}

/** What was taken from the publication, so that all else is predicted. */
function fits({ fits: all, device }: PublishedComparison, suffix: string): Mark {
  const heads = ['Model', 'One request alone, published', 'Fitted time of an iteration'];
  const rows = all.map((fit) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, subjectOf(fit)),
      h('td', { class: 'number' }, `${number(fit.singleRequestSeconds)} s`),
      h('td', { class: 'number' }, milliseconds(fit.iterationMicros / 1000)),
    ),
  );
  return section(
    `fits${suffix}`,
    'What was fitted',
    paragraph(
      `The published GPU is not named. A device is described by the data sheet of ${device} and one number a model, fitted to one published time; everything else is predicted. No time of ours on a named GPU stands beside a published one as if the devices were alike.`,
    ),
    writtenTable('What was fitted', heads, rows),
  );
}

/** Our own real runs beside the publication, without the speed of either device. */
function shapes(site: SiteData, value: PublishedComparison, suffix: string): Content {
  const drawn = shapeFigures(site, value);
  const intro = section(
    `shapes${suffix}`,
    'Our own runs beside them, as shapes',
    paragraph(
      drawn.length === 0
        ? 'No real run of a published workload is among these results, so nothing of ours stands here.'
        : SHAPES_RULE,
    ),
  );
  const named = drawn.map(({ figure, source }) => {
    return { figure: { ...figure, id: `${figure.id}${suffix}` }, source };
  });
  return [intro, ...named];
}
