import { type MetricKey, metricDefinition } from '@flover/metrics';
import { comparisonsOf, type SiteData } from '../data/site-data.ts';
import { AIMS, type Aim } from '../facts/aims.ts';
import {
  cellErrorPercent,
  isUncalibrated,
  newestOfEachName,
  type PredictedCell,
  predictedCells,
} from '../facts/both-worlds.ts';
import { SATURATION_RULE } from '../facts/saturation.ts';
import { sourcesLine } from '../facts/sources.ts';
import { coverageFigure } from '../figures/coverage-figure.ts';
import { divergenceFigure } from '../figures/divergence-figure.ts';
import type { Figure } from '../figures/figure.ts';
import { iterationErrorsFigure } from '../figures/iteration-errors-figure.ts';
import { parityScatterFigure } from '../figures/parity-scatter-figure.ts';
import { replaysFigure } from '../figures/replays-figure.ts';
import { residualsFigure } from '../figures/residuals-figure.ts';
import { splitFigure } from '../figures/split-figure.ts';
import { number, percent, signedPercent } from '../marks/format.ts';
import { type Child, h, type Mark } from '../marks/mark.ts';
import { bullets, paragraph, section, writtenTable } from './blocks.ts';
import { linkTo, type Page, type PlacedFigure } from './page.ts';
import { CAUSES_PATH, GLOSSARY_PATH, METHODS_PATH, metricAnchor, PARITY_PATH } from './paths.ts';

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
  const place = (figures: readonly (Figure | undefined)[]) =>
    figures.flatMap((figure) => (figure ? [{ figure, source }] : []));
  const any = predicted.cells.length > 0;
  const scatter = any ? place([parityScatterFigure(predicted)]) : [];
  const errors = any ? place([residualsFigure(predicted), coverageFigure(predicted)]) : [];
  const causes = place(CAUSES.map((figureOf) => figureOf(predicted)));
  const aims = any ? [aimsSection(predicted.cells)] : [];
  const page = {
    ...HERE,
    title: 'Does the simulator tell the truth?',
    nav: 'Parity',
    content: [
      ...[introduction(), ...scatter, ...aims, ...errors],
      ...(causes.length > 0 ? [causesSection(causes)] : []),
      ...replayed,
    ],
  };
  return causes.length > 0 ? [page, causesPage(causes)] : [page];
}

/** Figures that tell why predictions are off: a page of their own, since each has a mark a run. */
const CAUSES = [splitFigure, divergenceFigure, iterationErrorsFigure];

/** What the figures of the other page found, with the ways there. */
function causesSection(causes: readonly PlacedFigure[]): Mark {
  const items = causes.map(({ figure: { id, title, finding } }) => [
    h('a', { href: linkTo(HERE, `${CAUSES_PATH}#${id}`) }, title),
    `: ${finding}`,
  ]);
  return section('causes', 'Where the errors come from', bullets(items));
}

function causesPage(causes: readonly PlacedFigure[]): Page {
  const path = CAUSES_PATH;
  const back = h(
    'a',
    { href: linkTo({ path }, PARITY_PATH) },
    'Does the simulator tell the truth?',
  );
  const content = [h('p', { class: 'kicker' }, back), ...causes];
  return { path, title: 'Where the errors come from', content };
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

/** Aims beside what was reached, by cost model; what data sheets alone predict has no verdict. */
function aimsSection(cells: readonly PredictedCell[]): Mark {
  const fitted = cells.filter((cell) => !isUncalibrated(cell));
  const unfitted = cells.filter(isUncalibrated);
  const calibrated = rowsOf(fitted.filter(({ saturated }) => !saturated));
  const sheets = rowsOf(unfitted.filter(({ saturated }) => !saturated));
  const reached = ['Half within', 'Bias', 'Worst', 'Where'];
  return section(
    'aims',
    'What was aimed at, and what was reached',
    paragraph(`Saturated: ${SATURATION_RULE}.`),
    calibrated.length === 0
      ? paragraph('No run below saturation was predicted with a calibrated cost model.')
      : writtenTable(
          'Aims and errors',
          ['Cost model', 'Metric', 'Aim', 'Within', ...reached],
          calibrated.map((row) => tableRow(row, aimCells(row))),
          `Calibrated cost models. ${belowSaturation(fitted)}`,
        ),
    sheets.length === 0
      ? null
      : writtenTable(
          'Errors of data sheets',
          ['Cost model', 'Metric', ...reached],
          sheets.map((row) => tableRow(row, [])),
          `Data sheets alone, for which nothing was aimed at. ${belowSaturation(unfitted)}`,
        ),
  );
}

function belowSaturation(cells: readonly PredictedCell[]): string {
  const left = cells.filter(({ saturated }) => saturated).length;
  return `Runs below saturation${left > 0 ? `; ${number(left)} saturated left out` : ''}.`;
}

interface AimRow {
  readonly model: string;
  readonly aim: Aim;
  /** By size. */
  readonly errors: readonly { readonly name: string; readonly error: number }[];
}

/** A row a cost model, device and metric. */
function rowsOf(cells: readonly PredictedCell[]): AimRow[] {
  const devices = new Set(cells.map(({ comparison }) => comparison.engine?.device));
  const modelOf = ({ comparison: { costModel, engine } }: PredictedCell) =>
    [costModel?.name ?? '–', ...(devices.size > 1 ? [engine?.device] : [])].join(', ');
  return [...new Set(cells.map(modelOf))].flatMap((model) => {
    const own = cells.filter((cell) => modelOf(cell) === model);
    return AIMS.map((aim) => {
      const errors = own.flatMap((cell) => {
        const error = cellErrorPercent(cell, aim.key);
        return error === null ? [] : [{ name: cell.name, error }];
      });
      errors.sort((a, b) => Math.abs(a.error) - Math.abs(b.error));
      return { model, aim, errors };
    });
  });
}

const cell = (content: Child, className = 'number') => h('td', { class: className }, content);

function aimCells({ aim, errors }: AimRow): Mark[] {
  const met = errors.filter(({ error }) => Math.abs(error) <= aim.percent).length;
  const verdict = met === errors.length ? 'good' : 'bad';
  return [cell(`${aim.percent} %`), cell(`${number(met)} of ${number(errors.length)}`, verdict)];
}

function tableRow({ model, aim, errors }: AimRow, aimed: readonly Mark[]): Mark {
  const half = errors[Math.ceil(errors.length / 2) - 1];
  const worst = errors.at(-1);
  const bias = errors.reduce((sum, { error }) => sum + error, 0) / errors.length;
  return h(
    'tr',
    {},
    h('td', {}, model),
    h('th', { scope: 'row' }, metricLink(aim.key)),
    aimed,
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
