import type { Sweep } from '@flover/metrics';
import {
  type Experiment,
  type Found,
  reportDataOf,
  type Signs,
  type SiteData,
} from '../data/site-data.ts';
import { newestOfEachName } from '../facts/both-worlds.ts';
import { loadAxisOf, loadSlices } from '../facts/load-latency.ts';
import { policiesOf } from '../facts/policies.ts';
import { sourcesLine } from '../facts/sources.ts';
import { inTellingOrder, isFromDataSheets, sweepSource } from '../facts/sweeps.ts';
import { ecdfFigure } from '../figures/ecdf-figure.ts';
import { goodputFigure } from '../figures/goodput-figure.ts';
import { type LoadCurves, measuredIn } from '../figures/load-curves.ts';
import { loadLatencyFigure } from '../figures/load-latency-figure.ts';
import { countWord } from '../marks/format.ts';
import { h, type Mark } from '../marks/mark.ts';
import { linkTo, type Page, type PlacedFigure } from './page.ts';
import { experimentPath, POLICIES_PATH, policiesPath } from './paths.ts';
import { titleOf } from './readme.ts';

type Content = readonly (Mark | PlacedFigure)[];
interface Part {
  readonly experiment: Experiment;
  /** As a page that stands there links to others. */
  readonly content: (path: string) => Content;
}

const PAGE_TITLE = 'Policies side by side';

/**
 * Policies side by side over load and request by request; none where no result has two of them.
 * Several experiments have a page each, and the first page the first figure of every one.
 */
export function policiesPages(site: SiteData): Page[] {
  const parts = partsOf(site);
  const experiments = [...new Set(parts.map(({ experiment }) => experiment))];
  const contentOf = (experiment: Experiment, path: string): Content =>
    parts.filter((part) => part.experiment === experiment).flatMap((part) => part.content(path));
  if (experiments.length === 0) return [];
  const alone = experiments.length === 1;
  const first: Page = {
    path: POLICIES_PATH,
    title: PAGE_TITLE,
    nav: 'Policies',
    content: [
      introduction(),
      ...experiments.flatMap((experiment) => {
        const content = contentOf(experiment, POLICIES_PATH);
        return alone ? content : inShort(experiment, content);
      }),
    ],
  };
  if (alone) return [first];
  const pages = experiments.map((experiment): Page => {
    const path = policiesPath(experiment);
    const title = `${PAGE_TITLE}: ${titleOf(experiment)}`;
    return { path, title, content: contentOf(experiment, path) };
  });
  return [first, ...pages.filter(({ content }) => figuresIn(content) > 1)];
}

/** Sweeps and comparisons in the order in which they are told. */
function partsOf(site: SiteData): Part[] {
  const sweeps = site.experiments.flatMap((experiment) =>
    inTellingOrder(experiment.sweeps)
      .filter(({ value }) => value.labels.length > 1 && loadAxisOf(value) !== undefined)
      .map((sweep) => ({ experiment, sweep })),
  );
  // Those that ask for objectives first: they say what a load is worth; then those that were calibrated.
  const rank = ({ value }: Found<Sweep>) =>
    2 * Number(!value.slo) + Number(isFromDataSheets(value));
  sweeps.sort((a, b) => rank(a.sweep) - rank(b.sweep));
  const curves = sweeps.map(({ experiment, sweep }) => ({
    experiment,
    content: (path: string) => overLoad({ path, signs: site.signs }, experiment, sweep),
  }));
  const distributions = site.experiments.map((experiment) => ({
    experiment,
    content: (path: string) => byRequest(path, site, experiment),
  }));
  return [...curves, ...distributions].filter(
    ({ content }) => figuresIn(content(POLICIES_PATH)) > 0,
  );
}

function figuresIn(content: Content): number {
  return content.filter((part) => 'figure' in part).length;
}

/** What leads an experiment's page, and the way to the rest of it. */
function inShort(experiment: Experiment, content: Content): Content {
  const end = content.findIndex((part) => 'figure' in part) + 1;
  const more = figuresIn(content) - 1;
  if (more === 0) return content.slice(0, end);
  const there = policiesPath(experiment);
  const href = linkTo({ path: POLICIES_PATH }, there);
  const words = `${countWord(more)} more ${more === 1 ? 'figure' : 'figures'} of policies here`;
  const label = `${words}: ${titleOf(experiment)}`;
  const way = h('p', {}, h('a', { href, 'aria-label': label }, words));
  const lead = content
    .slice(0, end)
    .map((part) => ('figure' in part ? { ...part, whole: `${there}#${part.figure.id}` } : part));
  return [...lead, way];
}

function introduction(): Mark {
  return h(
    'p',
    { class: 'question' },
    'Every policy meets the same requests: latency and goodput over load from sweeps of simulated runs, with real runs over them where there are some, and the distributions over the requests of each comparison.',
  );
}

function overLoad(
  { path, signs }: { readonly path: string; readonly signs: Signs },
  experiment: Experiment,
  { id, value: sweep }: Found<Sweep>,
): Content {
  const axis = loadAxisOf(sweep)!;
  const comparisons = newestOfEachName(experiment.comparisons);
  const figures = loadSlices(sweep, axis).flatMap((slice, i): PlacedFigure[] => {
    const curves: LoadCurves = { sweep, axis, slice, comparisons, signs };
    const ran = measuredIn(curves);
    const source = [sweepSource(sweep), ...(ran.length > 0 ? [`real: ${sourcesLine(ran)}`] : [])];
    return [goodputFigure(curves), loadLatencyFigure(curves)].flatMap((figure) =>
      figure
        ? [{ figure: { ...figure, id: `${figure.id}-${id}-${i + 1}` }, source: source.join('; ') }]
        : [],
    );
  });
  return [heading(path, experiment, id, sweep.question ?? sweep.name), ...figures];
}

/** Distributions of every comparison of several policies, the newest of each name. */
function byRequest(path: string, site: SiteData, experiment: Experiment): Content {
  const newest = new Set(newestOfEachName(experiment.comparisons));
  return experiment.comparisons
    .filter(({ value }) => newest.has(value) && policiesOf(value).length > 1)
    .flatMap((comparison): Content => {
      const figure = ecdfFigure(reportDataOf(site, comparison));
      if (figure === undefined) return [];
      const { name, question } = comparison.value;
      const [id, title] = [`distributions-${comparison.id}`, `Latencies of requests: ${name}`];
      const source = sourcesLine([comparison.value]);
      return [
        heading(path, experiment, comparison.id, question ?? name),
        { figure: { ...figure, id, title }, source },
      ];
    });
}

function heading(path: string, experiment: Experiment, id: string, question: string): Mark {
  const href = linkTo({ path }, experimentPath(experiment));
  return h(
    'section',
    { class: 'entry', 'aria-labelledby': `about-${id}` },
    h('h2', { id: `about-${id}` }, h('a', { href }, titleOf(experiment))),
    question === titleOf(experiment) ? null : h('p', { class: 'question' }, question),
  );
}
