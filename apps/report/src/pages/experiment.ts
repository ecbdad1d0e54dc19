import type { Comparison } from '@flover/metrics';
import type { ReportData } from '../data/report-data.ts';
import { headline } from '../facts/headline.ts';
import { provenance, sourceLine } from '../facts/provenance.ts';
import { ecdfFigure } from '../figures/ecdf-figure.ts';
import { errorFigure } from '../figures/error-figure.ts';
import { policiesFigure } from '../figures/policies-figure.ts';
import { scatterFigure } from '../figures/scatter-figure.ts';
import { type Child, h, type Mark } from '../marks/mark.ts';
import { paritySection } from './parity.ts';
import { type RunChoice, runSection } from './run-section.ts';
import { summaryTable } from './summary-table.ts';
import { figureMark } from './table.ts';

/** The page of one experiment: what it found, its figures, and how to make it again. */
export function experimentPage(data: ReportData, choices: readonly RunChoice[]): readonly Child[] {
  const { comparison } = data;
  const source = sourceLine(comparison);
  const figure = (value: ReturnType<typeof errorFigure>) =>
    value === undefined ? null : figureMark(value, source);
  return [
    header(comparison),
    h(
      'main',
      {},
      h(
        'section',
        { id: 'summary', 'aria-labelledby': 'summary-title' },
        h('h2', { id: 'summary-title' }, 'At a glance'),
        summaryTable(comparison),
      ),
      figure(policiesFigure(comparison)),
      runSection(choices, source),
      figure(ecdfFigure(data)),
      figure(scatterFigure(data)),
      figure(errorFigure(comparison)),
      paritySection(comparison),
      provenanceSection(comparison),
    ),
  ];
}

function header(comparison: Comparison): Mark {
  const warning =
    comparison.outcome === 'complete'
      ? null
      : h('p', { class: 'warning' }, 'The experiment was stopped before it was complete.');
  return h(
    'header',
    {},
    h('p', { class: 'kicker' }, 'Flover experiment'),
    h('h1', {}, comparison.name),
    comparison.question ? h('p', { class: 'question' }, comparison.question) : null,
    h('p', { class: 'headline' }, headline(comparison)),
    warning,
    h('p', { class: 'source' }, sourceLine(comparison)),
  );
}

function provenanceSection(comparison: Comparison): Mark {
  return h(
    'section',
    { id: 'provenance', 'aria-labelledby': 'provenance-title' },
    h('h2', { id: 'provenance-title' }, 'Provenance'),
    h(
      'dl',
      {},
      provenance(comparison).map(([name, value]) =>
        h('div', {}, h('dt', {}, name), h('dd', {}, value)),
      ),
    ),
  );
}
