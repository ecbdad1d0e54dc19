import type { Experiment, FormattedJson, SiteData } from '../data/site-data.ts';
import { toldOfEachName } from '../facts/both-worlds.ts';
import { besidePeers, gpuValidationSource, validationsOf } from '../facts/gpu-validation.ts';
import { headline } from '../facts/headline.ts';
import { sourcesLine } from '../facts/sources.ts';
import { inTellingOrder, sweepTitle } from '../facts/sweeps.ts';
import { verdictOf, verdictText } from '../facts/verdicts.ts';
import { peersFigure } from '../figures/peers-figure.ts';
import { h, type Mark } from '../marks/mark.ts';
import { factsSection } from './facts-list.ts';
import { type Answer, placedSweep, publishedLead } from './lead-figure.ts';
import { linkTo, type PlacedFigure } from './page.ts';
import { comparisonPath, PUBLISHED_PATH } from './paths.ts';
import { ownShapes, SHAPES_RULE } from './shape-figures.ts';

export type Content = readonly (Mark | PlacedFigure)[];

/** Longer lists are closed at first. */
const LISTED = 8;

/** Links to every comparison with what it found: first those that the figures are drawn from. */
export function comparisonsSection({ comparisons }: Experiment, path: string): Mark {
  const told = toldOfEachName(comparisons);
  const others = comparisons.filter((one) => !told.includes(one));
  return h(
    'section',
    { 'aria-labelledby': 'comparisons' },
    h('h2', { id: 'comparisons' }, 'Comparisons'),
    told.length > LISTED
      ? h('details', {}, h('summary', {}, `All ${told.length}`), comparisonsList(told, path))
      : comparisonsList(told, path),
    others.length === 0
      ? null
      : h(
          'details',
          {},
          h(
            'summary',
            {},
            `Earlier and other predictions: ${sourcesLine(others.map(({ value }) => value))}`,
          ),
          comparisonsList(others, path),
        ),
  );
}

function comparisonsList(list: Experiment['comparisons'], path: string): Mark {
  const items = list.map((comparison) => {
    const href = linkTo({ path }, comparisonPath(comparison));
    return h('li', {}, h('a', { href }, comparison.value.name), `: ${headline(comparison.value)}`);
  });
  return h('ul', {}, items);
}

/** Its own runs beside published ones, as shapes, and what was predicted of a publication. */
export function besidePublished(
  site: SiteData,
  experiment: Experiment,
  path: string,
  answer?: Answer,
): Content {
  const shapes = ownShapes(site, experiment);
  const predicted = answer?.from === 'published' ? [] : publishedLead(experiment);
  if (shapes.length + predicted.length + experiment.published.length === 0) return [];
  const href = linkTo({ path }, PUBLISHED_PATH);
  const link = h('a', { href }, 'Every number, ours beside published');
  const rule = shapes.length > 0 ? `${SHAPES_RULE} ` : null;
  return [h('p', {}, rule, link, '.'), ...shapes, ...predicted];
}

/** What is told of each sweep, in the order in which they are told. */
export function sweepParts({ sweeps }: Experiment, { signs }: SiteData): Content[] {
  const all = sweeps.map(({ value }) => value);
  return inTellingOrder(sweeps).map(({ value }, i): Content => {
    const placed = placedSweep(value, signs, sweepTitle(value, all)).map(({ figure, source }) => {
      const id = i === 0 ? figure.id : `${figure.id}-of-${i + 1}`;
      return { figure: { ...figure, id }, source };
    });
    return [...placed, ...(value.cells.failed > 0 ? [failures(value)] : [])];
  });
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
export function gpuValidation({ documents }: Experiment): Content {
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

/** Everything else that was found, so that nothing is left out in silence. */
export function documents({ documents, published }: Experiment): Content {
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
