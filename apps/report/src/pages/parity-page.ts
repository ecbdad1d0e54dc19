import { type MetricKey, metricDefinition } from '@flover/metrics';
import { comparisonsOf, type SiteData } from '../data/site-data.ts';
import { AIMS, type Aim } from '../facts/aims.ts';
import {
  cellErrorPercent,
  newestOfEachName,
  type PredictedCell,
  predictedCells,
} from '../facts/both-worlds.ts';
import { sourcesLine } from '../facts/sources.ts';
import { coverageFigure } from '../figures/coverage-figure.ts';
import { divergenceFigure } from '../figures/divergence-figure.ts';
import { iterationErrorsFigure } from '../figures/iteration-errors-figure.ts';
import { parityScatterFigure } from '../figures/parity-scatter-figure.ts';
import { replaysFigure } from '../figures/replays-figure.ts';
import { residualsFigure } from '../figures/residuals-figure.ts';
import { splitFigure } from '../figures/split-figure.ts';
import { number, percent, signedPercent } from '../marks/format.ts';
import { type Child, h, type Mark } from '../marks/mark.ts';
import { section, writtenTable } from './blocks.ts';
import { linkTo, type Page } from './page.ts';
import { GLOSSARY_PATH, METHODS_PATH, metricAnchor, PARITY_PATH } from './paths.ts';

const HERE = { path: PARITY_PATH };

/** Does the simulator tell the truth? None where nothing was both predicted and run, or replayed. */
export function parityPages(site: SiteData): Page[] {
  const predicted = predictedCells(site);
  const compared = newestOfEachName(comparisonsOf(site));
  const replays = replaysFigure(compared);
  if (predicted.cells.length === 0 && replays === undefined) return [];
  const withReplay = compared.filter(({ cells }) => cells.some(({ replay }) => replay));
  const replayed = replays ? [{ figure: replays, source: sourcesLine(withReplay) }] : [];
  const source = sourcesLine([...new Set(predicted.cells.map(({ comparison }) => comparison))]);
  const figures =
    predicted.cells.length === 0
      ? []
      : [
          parityScatterFigure(predicted),
          residualsFigure(predicted),
          coverageFigure(predicted),
          splitFigure(predicted),
          divergenceFigure(predicted),
          iterationErrorsFigure(predicted),
        ].flatMap((figure) => (figure ? [{ figure, source }] : []));
  const [scatter, ...rest] = figures;
  return [
    {
      ...HERE,
      title: 'Does the simulator tell the truth?',
      nav: 'Parity',
      content: [
        introduction(),
        ...(scatter ? [scatter, aimsSection(predicted.cells)] : []),
        ...rest,
        ...replayed,
      ],
    },
  ];
}

function introduction(): Mark {
  return h(
    'p',
    { class: 'question' },
    'Every policy and workload that was simulated and then really run, the newest run of each. How the two are compared: ',
    h('a', { href: linkTo(HERE, `${METHODS_PATH}#parity`) }, 'methods'),
    '.',
  );
}

/** Aims beside what was reached, by cost model: aims are for runs below saturation. */
function aimsSection(cells: readonly PredictedCell[]): Mark {
  const open = cells.filter(({ saturated }) => !saturated);
  const models = [...new Set(open.map(({ comparison }) => comparison.costModel?.name ?? '–'))];
  const rows = models.flatMap((model) => {
    const own = open.filter(({ comparison }) => (comparison.costModel?.name ?? '–') === model);
    return AIMS.map((aim) => aimRow(model, own, aim));
  });
  const heads = ['Cost model', 'Metric', 'Aim', 'Within', 'Half within', 'Bias', 'Worst', 'Where'];
  const caption = 'Runs below saturation. Aims are for cost models that were calibrated.';
  const title = 'What was aimed at, and what was reached';
  return section('aims', title, writtenTable('Aims and errors', heads, rows, caption));
}

function aimRow(model: string, cells: readonly PredictedCell[], { key, percent: aim }: Aim): Mark {
  const errors = cells
    .flatMap((cell) => {
      const error = cellErrorPercent(cell, key);
      return error === null ? [] : [{ name: cell.name, error }];
    })
    .sort((a, b) => Math.abs(a.error) - Math.abs(b.error));
  const met = errors.filter(({ error }) => Math.abs(error) <= aim).length;
  const half = errors[Math.ceil(errors.length / 2) - 1];
  const worst = errors.at(-1);
  const bias = errors.reduce((sum, { error }) => sum + error, 0) / errors.length;
  const cell = (content: Child, className = 'number') => h('td', { class: className }, content);
  return h(
    'tr',
    {},
    h('td', {}, model),
    h('th', { scope: 'row' }, metricLink(key)),
    cell(`${aim} %`),
    cell(`${number(met)} of ${number(errors.length)}`, met === errors.length ? 'good' : 'bad'),
    cell(half ? percent(half.error) : '–'),
    cell(signedPercent(bias)),
    cell(signedPercent(worst?.error)),
    h('td', {}, worst?.name ?? '–'),
  );
}

function metricLink(key: MetricKey): Mark {
  const href = linkTo(HERE, `${GLOSSARY_PATH}#${metricAnchor(key)}`);
  return h('a', { href }, metricDefinition(key)!.label);
}
