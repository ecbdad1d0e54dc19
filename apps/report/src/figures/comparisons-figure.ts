import { type Comparison, type MetricKey, metricDefinition } from '@flover/metrics';
import { type DotPlotRow, dotPlot } from '../charts/dot-plot.ts';
import type { Signs } from '../data/site-data.ts';
import { meanOf, meanValue, policiesOf } from '../facts/policies.ts';
import { countWord, number, percent, signedPercent } from '../marks/format.ts';
import type { Figure } from './figure.ts';
import { intervalOf } from './policies-figure.ts';

const METRICS: readonly MetricKey[] = ['ttftMsP50', 'tpotMsP50', 'e2eMsP50'];

/** Comparisons that differ in more than a number: a row for each policy of each. */
export function comparisonsFigure(comparisons: readonly Comparison[], signs: Signs): Figure {
  const shared = sharedPrefix(comparisons.map(({ name }) => name));
  const rowsOf = (key: MetricKey): DotPlotRow[] =>
    comparisons.flatMap((comparison) => {
      const name = comparison.name.slice(shared);
      const policies = policiesOf(comparison);
      return policies.map((policy) => ({
        label: policies.length > 1 ? `${name}, ${policy.label}` : name,
        series: signs(policy.label),
        simulated: meanValue(policy, 'simulated', key),
        real: meanValue(policy, 'real', key),
        ...intervalOf(policy, key),
      }));
    });
  const panels = METRICS.map((key) => ({
    key,
    definition: metricDefinition(key)!,
    rows: rowsOf(key),
  }));
  const finding = sentence(panels[2]!.rows, comparisons.length);
  return {
    id: 'comparisons-figure',
    title: 'All comparisons',
    finding,
    note: 'Filled marks: the engine. Hollow marks: the simulator, with its prediction interval where it has one. At the right its signed error, or the value where one world ran.',
    drawing: dotPlot(
      panels.map(({ definition: { label, unit, better }, rows }) => ({
        title: label,
        unit,
        better,
        rows,
      })),
      finding,
    ),
    table: {
      caption: 'Metrics of each policy in each comparison, mean over seeds',
      columns: ['Comparison', 'Metric', 'Unit', 'Simulated', 'Real'],
      rows: panels.flatMap(({ key, definition, rows }) =>
        rows.map((row) => [row.label, key, definition.unit, row.simulated, row.real]),
      ),
    },
  };
}

/** Length of what all names begin with, up to a hyphen or space; what is left is more than a number. */
function sharedPrefix(names: readonly string[]): number {
  const [first = ''] = names;
  let length = 0;
  while (length < first.length && names.every((name) => name[length] === first[length])) length++;
  const cut = (end: number) => Math.max(0, first.slice(0, end).search(/[-\s][^-\s]*$/) + 1);
  const shared = names.length < 2 ? 0 : cut(length);
  return names.some((name) => /^\d+$/.test(name.slice(shared))) ? cut(shared - 1) : shared;
}

function sentence(rows: readonly DotPlotRow[], count: number): string {
  const errors = rows.flatMap(({ simulated, real, label }) =>
    simulated !== null && real ? [{ label, error: (100 * (simulated - real)) / real }] : [],
  );
  const worst = [...errors].sort((a, b) => Math.abs(b.error) - Math.abs(a.error))[0];
  if (worst === undefined) {
    return `In ${countWord(count)} comparisons ${number(rows.length)} policies ran in one world.`;
  }
  const size = percent(meanOf(errors.map(({ error }) => Math.abs(error)))!);
  return (
    `Over ${number(errors.length)} runs in ${countWord(count)} comparisons the simulated median E2E latency ` +
    `is off by ${size} on average, and by ${signedPercent(worst.error)} at most (${worst.label}).`
  );
}
