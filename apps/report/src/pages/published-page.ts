import type { Comparison, PublishedComparison } from '@flover/metrics';
import { comparisonsOf, type Found, type SiteData } from '../data/site-data.ts';
import { newestOfEachName } from '../facts/both-worlds.ts';
import {
  newestPublished,
  publishedGroups,
  publishedSource,
  subjectOf,
} from '../facts/published.ts';
import { continuousShape, poissonShape, reorderingShape } from '../facts/shape-ratios.ts';
import { requestsShape } from '../facts/shapes.ts';
import { sourcesLine } from '../facts/sources.ts';
import { publishedErrorsFigure } from '../figures/published-errors-figure.ts';
import { publishedFigure } from '../figures/published-figure.ts';
import { shapeFigure } from '../figures/shape-figure.ts';
import { milliseconds, number } from '../marks/format.ts';
import { h, type Mark } from '../marks/mark.ts';
import { bullets, paragraph, section, writtenTable } from './blocks.ts';
import { linkTo, type Page, type PlacedFigure } from './page.ts';
import { experimentPath, PUBLISHED_PATH } from './paths.ts';
import { titleOf } from './readme.ts';

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
  const ours = newestOfEachName(comparisonsOf(site)).filter(({ cells }) =>
    cells.some(({ real }) => real !== undefined),
  );
  const drawn = [
    shapeFigure(requestsShape(value, ours), {
      id: `shape-requests${suffix}`,
      title: 'Only shapes: times over the number of requests',
      xTitle: 'requests at a constant interval',
      note: 'Multiples of what one request alone takes on the same device, so that neither device’s speed is in them. The interval is the same in milliseconds and therefore another share of a request’s time: where requests are quicker, more of the time of all is spent waiting for arrivals.',
    }),
    shapeFigure(poissonShape(value, ours), {
      id: `shape-poisson${suffix}`,
      title: 'Only shapes: overlap of Poisson arrivals',
      xTitle: 'mean interval / time of one request alone',
      note: 'Overlap follows from intervals as shares of a request’s own time, whatever the device. Each of the marks is one draw of arrivals.',
    }),
    shapeFigure(reorderingShape(value, ours), {
      id: `shape-reordering${suffix}`,
      title: 'Only shapes: what reordering saves',
      xTitle: 'longest output, tokens',
      note: 'Time of all requests with reordering over the time without it, on the same device. Lengths are random, and the publication’s draw is not known.',
    }),
    shapeFigure(continuousShape(value, ours), {
      id: `shape-continuous${suffix}`,
      title: 'Only shapes: fusion against continuous batching',
      xTitle: 'interval between requests, ms',
      note: 'Time of all requests under fusion over the time under continuous batching, on the same device. Published: TensorRT-LLM, its model not named, read off a bar chart; ours: the policy of that name over pages, in the same engine.',
    }),
  ].flatMap((figure) => (figure ? [figure] : []));
  const intro = section(
    `shapes${suffix}`,
    'Our own runs beside them, as shapes',
    paragraph(
      drawn.length === 0
        ? 'No real run of a published workload is among these results, so nothing of ours stands here.'
        : 'Real runs of the same workloads on another GPU. Times are not comparable; shapes are: every number below is over a measure of its own device.',
    ),
  );
  const source = `${sourcesLine(used(ours, value))} · beside published numbers of an unnamed GPU`;
  return [intro, ...drawn.map((figure) => ({ figure, source }))];
}

/** Comparisons of models that were published. */
function used(ours: readonly Comparison[], { rows }: PublishedComparison): Comparison[] {
  const models = new Set(rows.map(({ model }) => model));
  return ours.filter(({ model }) => models.has(model.name));
}
