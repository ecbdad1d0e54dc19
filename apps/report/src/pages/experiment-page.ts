import type { Experiment, FormattedJson, Signs, SiteData } from '../data/site-data.ts';
import { besidePeers, gpuValidationSource, validationsOf } from '../facts/gpu-validation.ts';
import { headline } from '../facts/headline.ts';
import { newestOf } from '../facts/newest.ts';
import { sourcesLine } from '../facts/sources.ts';
import { calibratedFirst, sweepSource, sweepTitle } from '../facts/sweeps.ts';
import { verdictOf, verdictText } from '../facts/verdicts.ts';
import { peersFigure } from '../figures/peers-figure.ts';
import { sweepFigures } from '../figures/sweep-figure.ts';
import { h, type Mark } from '../marks/mark.ts';
import { markdownParts, type TextPart } from '../marks/markdown.ts';
import { Names } from '../site/names.ts';
import { comparisonContent, runLinks } from './comparison-page.ts';
import { factsSection } from './facts-list.ts';
import { checksFigures, comparisonsFigures, publishedLead, runsFigureOf } from './lead-figure.ts';
import { linkTo, type Page, type PlacedFigure } from './page.ts';
import { comparisonPath, experimentPath, PUBLISHED_PATH } from './paths.ts';
import { titleOf } from './readme.ts';
import { ownShapes, SHAPES_RULE } from './shape-figures.ts';

type Content = readonly (Mark | PlacedFigure)[];

/** A page for each experiment: what was asked and predicted, what was found, what went wrong. */
export function experimentPages(site: SiteData): Page[] {
  return site.experiments.map((experiment) => {
    const path = experimentPath(experiment);
    const names = new Names();
    const parts = markdownParts(experiment.readme ?? '');
    // What was written before the runs stands before their figures.
    const after = parts.findIndex(({ heading }) => /^(results|what )/i.test(heading ?? ''));
    const [before, rest] = after < 0 ? [parts, []] : [parts.slice(0, after), parts.slice(after)];
    return {
      path,
      title: titleOf(experiment),
      content: [
        ...before.map((part) => prose(part, names)),
        ...besidePublished(site, experiment, path),
        ...comparisons(site, experiment, path),
        ...published(experiment, path),
        ...sweeps(experiment, site.signs),
        ...checksFigures(experiment),
        ...gpuValidation(experiment),
        ...runs(experiment, site.signs),
        ...runLinks(experiment.runs, path),
        ...rest.map((part) => prose(part, names)),
        ...documents(experiment),
      ],
    };
  });
}

/** A part of the authors' text; `names` gives each heading an anchor of its own. */
function prose({ heading, content }: TextPart, names: Names): Mark {
  const title = heading && h('h2', { id: `text-${names.take(heading)}` }, heading);
  return h('section', { class: 'prose' }, title, content);
}

function comparisons(site: SiteData, experiment: Experiment, path: string): Content {
  const list = experiment.comparisons;
  const [first] = list;
  if (first === undefined) return [];
  if (list.length === 1) return comparisonContent(site, first, path);
  const newest = newestOf(list);
  const earlier = list.filter((one) => !newest.includes(one));
  const section = h(
    'section',
    { 'aria-labelledby': 'comparisons' },
    h('h2', { id: 'comparisons' }, 'Comparisons'),
    comparisonsList(newest, path),
    earlier.length === 0
      ? null
      : h(
          'details',
          {},
          h('summary', {}, `Earlier results: ${sourcesLine(earlier.map(({ value }) => value))}`),
          comparisonsList(earlier, path),
        ),
  );
  return [...comparisonsFigures(experiment, site.signs), section];
}

function comparisonsList(list: Experiment['comparisons'], path: string): Mark {
  const items = list.map((comparison) => {
    const href = linkTo({ path }, comparisonPath(comparison));
    return h('li', {}, h('a', { href }, comparison.value.name), `: ${headline(comparison.value)}`);
  });
  return h('ul', {}, items);
}

/** Its own runs beside published ones, as shapes. */
function besidePublished(site: SiteData, experiment: Experiment, path: string): Content {
  const figures = ownShapes(site, experiment);
  if (figures.length === 0) return [];
  const href = linkTo({ path }, PUBLISHED_PATH);
  const link = h('a', { href }, 'Every number, ours beside published');
  return [h('p', {}, SHAPES_RULE, ' ', link, '.'), ...figures];
}

function published(experiment: Experiment, path: string): Content {
  const figure = publishedLead(experiment);
  if (figure === undefined) return [];
  const href = linkTo({ path }, PUBLISHED_PATH);
  return [figure, h('p', {}, h('a', { href }, 'Every number, ours beside published'))];
}

function sweeps({ sweeps }: Experiment, signs: Signs): Content {
  const all = sweeps.map(({ value }) => value);
  return calibratedFirst(sweeps).flatMap(({ value }, i) => [
    ...sweepFigures(value, signs, sweepTitle(value, all)).map((figure) => ({
      figure: i === 0 ? figure : { ...figure, id: `${figure.id}-of-${i + 1}` },
      source: sweepSource(value),
    })),
    ...(value.cells.failed > 0 ? [failures(value)] : []),
  ]);
}

function failures({ failures }: Experiment['sweeps'][number]['value']): Mark {
  const items = failures.map(({ label, seed, error, axes }) =>
    h('li', {}, `${label}, seed ${seed}, ${JSON.stringify(axes)}: ${error.message}`),
  );
  return h(
    'details',
    {},
    h('summary', {}, `${failures.length} cells ended in an error`),
    h('ul', {}, items),
  );
}

/** The parts of the newest validation of a GPU, and the engine beside others. */
function gpuValidation({ documents }: Experiment): Content {
  const validations = validationsOf(documents);
  const [newest] = validations;
  if (newest === undefined) return [];
  const beside = besidePeers(validations, documents);
  const figure = beside && peersFigure(beside.peers);
  const facts = Object.entries(newest.value.parts).map(
    ([name, { outcome, detail }]) =>
      [name, [verdictText(verdictOf(outcome)), detail].filter(Boolean).join(': ')] as const,
  );
  return [
    ...(figure ? [{ figure, source: gpuValidationSource(beside.validation) }] : []),
    factsSection('parts', 'Parts of the run', facts),
  ];
}

function runs(experiment: Experiment, signs: Signs): Content {
  const figure = runsFigureOf(experiment, signs);
  return figure ? [figure] : [];
}

/** Everything else that was found, so that nothing is left out in silence. */
function documents({ documents, published }: Experiment): Content {
  const all = [...documents, ...published];
  if (all.length === 0) return [];
  const date = (value: FormattedJson | { readonly createdAt: string }) =>
    typeof value.createdAt === 'string' ? `, ${value.createdAt.slice(0, 10)}` : '';
  return [
    h(
      'section',
      { 'aria-labelledby': 'files' },
      h('h2', { id: 'files' }, 'Files'),
      h(
        'ul',
        { class: 'files' },
        all.map(({ path, value }) =>
          h(
            'li',
            {},
            h('code', {}, path),
            ` (${value.format.replace('flover-', '')}${date(value)})`,
          ),
        ),
      ),
    ),
  ];
}
