import {
  type Comparison,
  type MetricKey,
  metricDefinition,
  studentInterval,
} from '@flover/metrics';
import {
  errorPercent,
  meanValue,
  type PolicyFacts,
  policiesOf,
  seedValues,
  sidesOf,
} from '../facts/policies.ts';
import { metricsOfObjectives } from '../facts/shown.ts';
import { intervalOf } from '../figures/policies-figure.ts';
import { aligned, number, signedPercent } from '../marks/format.ts';
import { h, type Mark } from '../marks/mark.ts';
import { linkTo, type Page } from './page.ts';
import { GLOSSARY_PATH, metricAnchor } from './paths.ts';

const METRICS: readonly MetricKey[] = [
  'ttftMsP50',
  'ttftMsP99',
  'tpotMsP50',
  'tpotMsP99',
  'e2eMsP50',
  'e2eMsP99',
  'requestsPerSecond',
  'generatedTokensPerSecond',
  'iterations',
  'overlap',
];

/**
 * Policies by metrics: simulated, real, and the signed error of the simulator; the heads lead from
 * `page`, on which it stands, to the glossary. Below what one run predicts stands its interval.
 */
export function summaryTable(comparison: Comparison, page: Pick<Page, 'path'>): Mark {
  const sides = sidesOf(comparison);
  const metrics = [...metricsOfObjectives(comparison), ...METRICS];
  const rows = policiesOf(comparison).flatMap((policy) => policyRows(policy, sides, metrics));
  const heads = metrics.map((key) => {
    const { label, unit } = metricDefinition(key)!;
    const name = ['count', 'share'].includes(unit) ? '' : unit;
    const href = linkTo(page, `${GLOSSARY_PATH}#${metricAnchor(key)}`);
    return h('th', { scope: 'col' }, h('a', { href }, label), h('span', { class: 'unit' }, name));
  });
  const seeds = comparison.seeds.length;
  const [predicted] = comparison.cells.flatMap(({ simulated }) =>
    Object.values(simulated?.intervals ?? {}),
  );
  const intervals =
    predicted === undefined
      ? ''
      : ` Below predictions: intervals of ${number(100 * predicted.level)} %.`;
  const caption =
    seeds > 1
      ? `Mean over ${seeds} seeds, with the half-width of its 95 % interval.`
      : `Latencies are over the requests that were served; overlap is mean active requests over all.${intervals}`;
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Metrics of each policy' },
    h(
      'table',
      { class: 'summary' },
      h('caption', {}, caption),
      h(
        'thead',
        {},
        h('tr', {}, h('th', { scope: 'col' }, 'Policy'), h('th', { scope: 'col' }, 'World'), heads),
      ),
      h('tbody', {}, rows),
    ),
  );
}

function policyRows(
  policy: PolicyFacts,
  sides: readonly ('simulated' | 'real')[],
  metrics: readonly MetricKey[],
): Mark[] {
  const both = sides.length === 2;
  const head = h('th', { scope: 'rowgroup', rowspan: both ? 3 : sides.length }, policy.label);
  const rows = sides.map((side, i) =>
    h(
      'tr',
      { class: i === 0 ? 'first' : '' },
      i === 0 ? head : null,
      h('th', { scope: 'row' }, side),
      metrics.map((key) =>
        h('td', { class: 'number' }, measured(policy, side, key), expected(policy, side, key)),
      ),
    ),
  );
  if (!both) return rows;
  const errors = metrics.map((key) =>
    h('td', { class: 'number' }, signedPercent(errorPercent(policy, key))),
  );
  return [...rows, h('tr', { class: 'error' }, h('th', { scope: 'row' }, 'error'), errors)];
}

function measured(policy: PolicyFacts, side: 'simulated' | 'real', key: MetricKey): string {
  const text = aligned(meanValue(policy, side, key));
  const interval = studentInterval(seedValues(policy, side, key));
  if (interval === null) return text;
  return `${text} ± ${number((interval.high - interval.low) / 2)}`;
}

function expected(policy: PolicyFacts, side: 'simulated' | 'real', key: MetricKey): Mark | null {
  const { interval } = side === 'simulated' ? intervalOf(policy, key) : {};
  if (interval === undefined || interval.low === interval.high) return null;
  return h('span', { class: 'unit' }, `${number(interval.low)} to ${number(interval.high)}`);
}
