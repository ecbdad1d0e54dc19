import type { Comparison } from '@flover/metrics';
import type { ReportData } from '../data/report-data.ts';
import { headline } from '../facts/headline.ts';
import { provenance } from '../facts/provenance.ts';
import { sourcesLine } from '../facts/sources.ts';
import { ecdfFigure } from '../figures/ecdf-figure.ts';
import { errorFigure } from '../figures/error-figure.ts';
import type { Figure } from '../figures/figure.ts';
import { policiesFigure } from '../figures/policies-figure.ts';
import { scatterFigure } from '../figures/scatter-figure.ts';
import { tenantsErrorFigure } from '../figures/tenants-error-figure.ts';
import { tenantsFigure } from '../figures/tenants-figure.ts';
import { h, type Mark } from '../marks/mark.ts';
import { factsSection } from './facts-list.ts';
import type { Page, PlacedFigure } from './page.ts';
import { paritySection } from './parity.ts';
import { summaryTable } from './summary-table.ts';

/** What a comparison found: its question, the answer in a sentence, and where both come from. */
export function introduction(comparison: Comparison): Mark {
  const warning =
    comparison.outcome === 'complete'
      ? null
      : h('p', { class: 'warning' }, 'The experiment was stopped before it was complete.');
  return h(
    'div',
    { class: 'introduction' },
    comparison.question ? h('p', { class: 'question' }, comparison.question) : null,
    h('p', { class: 'headline' }, headline(comparison)),
    warning,
    h('p', { class: 'source' }, sourcesLine([comparison])),
  );
}

/** Metrics of each policy as a table. */
function atAGlance(comparison: Comparison, page: Pick<Page, 'path'>): Mark {
  return h(
    'section',
    { id: 'summary', 'aria-labelledby': 'summary-title' },
    h('h2', { id: 'summary-title' }, 'At a glance'),
    summaryTable(comparison, page),
  );
}

/** All that `page` shows of a comparison beside its introduction; `between` follows the policies. */
export function comparisonSections(
  data: ReportData,
  page: Pick<Page, 'path'>,
  between: readonly Mark[],
): (Mark | PlacedFigure)[] {
  const { comparison } = data;
  const source = sourcesLine([comparison]);
  const figures = [ecdfFigure(data), scatterFigure(data), errorFigure(comparison)];
  const parity = paritySection(comparison);
  const ofTenants = [tenantsFigure(comparison, data.signs), tenantsErrorFigure(comparison)];
  const place = (figure: Figure | undefined) => (figure ? [{ figure, source }] : []);
  return [
    atAGlance(comparison, page),
    { figure: policiesFigure(comparison, data.signs), source },
    ...ofTenants.flatMap(place),
    ...between,
    ...figures.flatMap(place),
    ...(parity ? [parity] : []),
    factsSection('provenance', 'Provenance', provenance(comparison)),
  ];
}
