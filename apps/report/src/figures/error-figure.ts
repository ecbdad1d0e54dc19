import { type Comparison, type MetricKey, metricDefinition } from '@flover/metrics';
import { errorSplit, type SplitPanel, type SplitRow } from '../charts/error-split.ts';
import { errorParts, totalError } from '../facts/error-parts.ts';
import { type PolicyFacts, policiesOf } from '../facts/policies.ts';
import { countWord, signedPercent } from '../marks/format.ts';
import type { Figure } from './figure.ts';

const METRICS: readonly MetricKey[] = ['ttftMsMean', 'tpotMsMean', 'e2eMsMean', 'makespanSeconds'];

/** Where the error of the simulator comes from; none where it was not split. */
export function errorFigure(comparison: Comparison): Figure | undefined {
  const policies = policiesOf(comparison).filter(({ cells }) =>
    cells.some(({ split }) => split !== undefined),
  );
  if (policies.length === 0) return undefined;
  const panels = METRICS.map(
    (key): SplitPanel => ({
      title: metricDefinition(key)!.label,
      rows: policies.map((policy) => splitRow(policy, key)),
    }),
  );
  const finding = sentence(panels[METRICS.indexOf('e2eMsMean')]!.rows);
  return {
    id: 'error',
    title: 'Where the error comes from',
    finding,
    note: 'The engine’s decisions are replayed with predicted durations: what is then still wrong is the cost model’s, the rest comes of other decisions.',
    drawing: errorSplit(panels, finding, 'error'),
    table: {
      caption: 'Signed error of the simulator in two parts, percent of the real value',
      columns: ['Metric', 'Policy', 'Cost model', 'Divergence', 'Total'],
      rows: panels.flatMap((panel) =>
        panel.rows.map((row) => [
          panel.title,
          row.label,
          row.costModelPercent,
          row.divergencePercent,
          totalError(row),
        ]),
      ),
    },
  };
}

function splitRow({ label, cells }: PolicyFacts, key: MetricKey): SplitRow {
  const splits = cells.flatMap(({ split }) => (split ? [split] : []));
  return { label, ...errorParts(splits, key) };
}

const everyPolicy = ({ length }: readonly SplitRow[]) =>
  length === 2 ? 'both policies' : `all ${countWord(length)} policies`;

function sentence(rows: readonly SplitRow[]): string {
  const known = rows.filter((row) => totalError(row) !== null);
  const byCost = known.filter(
    (row) => Math.abs(row.costModelPercent!) >= Math.abs(row.divergencePercent!),
  );
  const largest = [...known].sort((a, b) => Math.abs(totalError(b)!) - Math.abs(totalError(a)!))[0];
  if (largest === undefined) return 'No policy has a mean E2E latency in both worlds.';
  if (Math.abs(totalError(largest)!) < 0.05) {
    return `The mean E2E latency of ${known.length === 1 ? largest.label : everyPolicy(known)} is predicted to 0.1 %.`;
  }
  const whose = byCost.length > 0 ? 'is the cost model’s' : 'comes of other decisions';
  const sharing = byCost.length > 0 ? byCost.length : known.length;
  const under =
    sharing === known.length
      ? everyPolicy(known)
      : `${countWord(sharing)} of ${countWord(known.length)} policies`;
  const count = known.length === 1 ? whose : `${whose} under ${under}`;
  return (
    `The larger part of the error in mean E2E latency ${count}; the largest error, ` +
    `${signedPercent(totalError(largest))} under ${largest.label}, is ` +
    `${signedPercent(largest.costModelPercent)} from the cost model and ` +
    `${signedPercent(largest.divergencePercent)} from other decisions.`
  );
}
