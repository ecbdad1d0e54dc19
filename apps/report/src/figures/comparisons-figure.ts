import { type Comparison, type MetricKey, metricDefinition } from '@flover/metrics';
import { type DotPlotRow, dotPlot } from '../charts/dot-plot.ts';
import type { Signs } from '../data/site-data.ts';
import { lowestLatency } from '../facts/lowest-latency.ts';
import { meanOf, meanValue, policiesOf } from '../facts/policies.ts';
import { sharedPrefix } from '../facts/shared-prefix.ts';
import { countWord, number, percent, signedPercent } from '../marks/format.ts';
import type { Figure } from './figure.ts';
import { intervalOf } from './policies-figure.ts';

const METRICS: readonly MetricKey[] = ['ttftMsP50', 'tpotMsP50', 'e2eMsP50'];

/** Comparisons that differ in more than a number: a row for each policy of each. */
export function comparisonsFigure(comparisons: readonly Comparison[], signs: Signs): Figure {
  const shared = sharedPrefix(comparisons.map(({ name }) => name));
  const nameOf = ({ name }: Comparison) => name.slice(shared);
  const rowsOf = (key: MetricKey): DotPlotRow[] =>
    comparisons.flatMap((comparison) => {
      const policies = policiesOf(comparison);
      return policies.map((policy) => ({
        label: policies.length > 1 ? `${nameOf(comparison)}, ${policy.label}` : nameOf(comparison),
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
  const finding = sentence(comparisons, panels[2]!.rows, nameOf);
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

/** Who is ahead wherever policies stand beside each other, and then how right the prediction was. */
function sentence(
  comparisons: readonly Comparison[],
  rows: readonly DotPlotRow[],
  nameOf: (comparison: Comparison) => string,
): string {
  const errors = rows.flatMap(({ simulated, real, label }) =>
    simulated !== null && real ? [{ label, error: (100 * (simulated - real)) / real }] : [],
  );
  const ahead = lowestLatency(comparisons, nameOf);
  const worst = [...errors].sort((a, b) => Math.abs(b.error) - Math.abs(a.error))[0];
  const count = countWord(comparisons.length);
  if (worst === undefined) {
    return ahead === ''
      ? `In ${count} comparisons ${number(rows.length)} policies ran in one world.`
      : `${ahead}.`;
  }
  const size = percent(meanOf(errors.map(({ error }) => Math.abs(error)))!);
  const before = ahead === '' ? 'Over' : `${ahead}; over`;
  return (
    `${before} ${number(errors.length)} runs in ${count} comparisons the simulated median E2E latency ` +
    `is off by ${size} on average, and by ${signedPercent(worst.error)} at most (${worst.label}).`
  );
}
