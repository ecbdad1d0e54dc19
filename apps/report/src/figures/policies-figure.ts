import { type Comparison, type MetricKey, metricDefinition } from '@flover/metrics';
import { type DotPlotPanel, type DotPlotRow, dotPlot } from '../charts/dot-plot.ts';
import type { Signs } from '../data/site-data.ts';
import { ALIKE_PERCENT, areAlike } from '../facts/alike.ts';
import {
  errorPercent,
  leadingSide,
  meanValue,
  type PolicyFacts,
  policiesOf,
  sidesOf,
} from '../facts/policies.ts';
import { metricsOfObjectives } from '../facts/shown.ts';
import { listed, milliseconds } from '../marks/format.ts';
import type { Figure } from './figure.ts';

const METRICS: readonly MetricKey[] = [
  'ttftMsP50',
  'tpotMsP50',
  'e2eMsP50',
  'ttftMsP99',
  'tpotMsP99',
  'e2eMsP99',
  'generatedTokensPerSecond',
  'makespanSeconds',
  'overlap',
];

/** Policies side by side, metric by metric. */
export function policiesFigure(
  comparison: Comparison,
  signs: Signs,
  metrics: readonly MetricKey[] = [...metricsOfObjectives(comparison), ...METRICS],
): Figure {
  const policies = policiesOf(comparison);
  const panels = metrics.map((key): DotPlotPanel => {
    const { label, unit, better } = metricDefinition(key)!;
    return {
      title: label,
      unit,
      better,
      rows: policies.map((policy) => ({
        label: policy.label,
        series: signs(policy.label),
        simulated: meanValue(policy, 'simulated', key),
        real: meanValue(policy, 'real', key),
        ...intervalOf(policy, key),
      })),
    };
  });
  const finding = ranking(comparison);
  const both = sidesOf(comparison).length === 2;
  return {
    id: 'policies',
    title: 'Policies side by side',
    finding,
    note: both
      ? 'Filled marks: the engine. Hollow marks: the simulator, with its prediction interval where it has one. At the right its signed error.'
      : 'One mark a policy; at the right its value.',
    drawing: dotPlot(panels, finding),
    table: {
      caption: 'Metrics of each policy, mean over seeds; ends of prediction intervals',
      columns: ['Policy', 'Metric', 'Unit', 'Simulated', 'Low', 'High', 'Real', 'Error, %'],
      rows: metrics.flatMap((key, i) =>
        panels[i]!.rows.map(({ label, simulated, interval, real }, row) => {
          const { low = null, high = null } = interval ?? {};
          const error = errorPercent(policies[row]!, key);
          return [label, key, panels[i]!.unit, simulated, low, high, real, error];
        }),
      ),
    },
  };
}

/** The prediction interval of the one run of a policy; over several seeds there is none. */
export function intervalOf({ cells }: PolicyFacts, key: MetricKey): Pick<DotPlotRow, 'interval'> {
  const interval = cells.length === 1 ? cells[0]!.simulated?.intervals?.[key] : undefined;
  return interval ? { interval } : {};
}

function ranking(comparison: Comparison): string {
  const policies = policiesOf(comparison);
  const order = (side: 'simulated' | 'real') =>
    policies
      .map(({ label }, i) => ({ label, value: meanValue(policies[i]!, side, 'e2eMsP50') }))
      .flatMap(({ label, value }) => (value === null ? [] : [{ label, value }]))
      .sort((a, b) => a.value - b.value);
  const side = leadingSide(comparison);
  const ranks = order(side);
  const [best, worst] = [ranks[0], ranks.at(-1)];
  if (best === undefined || worst === undefined) return 'No policy served a request.';
  const where = side === 'real' ? 'On the engine' : 'In simulation';
  if (ranks.length === 1)
    return `${where} ${best.label} has a median E2E latency of ${milliseconds(best.value)}.`;
  if (areAlike(best.value, worst.value)) {
    const names = listed(ranks.map(({ label }) => label));
    return `${where} ${names} are alike in median E2E latency: ${milliseconds(best.value)}, within ${ALIKE_PERCENT} % of each other.`;
  }
  const firsts = ranks.filter(({ value }) => areAlike(value, best.value));
  const alike = firsts.length > 1 ? `, within ${ALIKE_PERCENT} % of each other` : '';
  const have = firsts.length > 1 ? 'have' : 'has';
  const names = listed(firsts.map(({ label }) => label));
  const lowest = `${names} ${have} the lowest median E2E latency (${milliseconds(best.value)}${alike})`;
  const highest = `${worst.label} the highest (${milliseconds(worst.value)})`;
  return `${where} ${lowest} and ${highest}${agreement(ranks, order('simulated'), side)}.`;
}

/** Of all pairs of policies, those that the simulator puts in the engine's order. */
function agreement(
  real: readonly { readonly label: string }[],
  simulated: readonly { readonly label: string }[],
  side: 'simulated' | 'real',
): string {
  if (side === 'simulated' || simulated.length !== real.length) return '';
  const rank = new Map(simulated.map(({ label }, i) => [label, i]));
  let pairs = 0;
  let same = 0;
  real.forEach((better, i) => {
    for (const worse of real.slice(i + 1)) {
      pairs++;
      if (rank.get(better.label)! < rank.get(worse.label)!) same++;
    }
  });
  if (pairs === 1) {
    return `; the simulator puts them in the ${same === 1 ? 'same' : 'other'} order`;
  }
  if (same === pairs)
    return `; the simulator puts all ${pairs} pairs of policies in the same order`;
  return `; the simulator puts ${same} of the ${pairs} pairs of policies in the same order`;
}
