import { type MetricKey, metricDefinition, type Sweep } from '@flover/metrics';
import { ALIKE_PERCENT, areAlike } from '../facts/alike.ts';
import { countWord, listed, signedPercent, withUnit } from '../marks/format.ts';
import type { Figure } from './figure.ts';
import { GOODPUT_METRICS } from './goodput-figure.ts';
import { curvesFigure, type LoadCurves, realPoints, simulatedPoints } from './load-curves.ts';

const LATENCIES: readonly MetricKey[] = [
  ...(['ttftMsP50', 'tpotMsP50', 'e2eMsP50'] as const),
  ...(['ttftMsP99', 'tpotMsP99', 'e2eMsP99'] as const),
];

/** What the finding tells of where the file chose nothing: the first that a sweep defines. */
const TOLD: readonly MetricKey[] = ['e2eMsP99', 'e2eMsP50'];

/**
 * What the sweep's file chose over load, or medians and 99th percentiles of TTFT, TPOT and E2E; none
 * where it chose nothing that the figure of goodput does not show.
 */
export function loadLatencyFigure(curves: LoadCurves): Figure | undefined {
  const keys = keysOf(curves.sweep);
  if (keys.length === 0) return undefined;
  const latencies = keys.every((key) => metricDefinition(key)!.unit === 'ms');
  const title = `${latencies ? 'Latency' : 'Metrics'} over load`;
  const finding = sentence(curves, curves.sweep.show === undefined ? TOLD : keys);
  return curvesFigure(curves, { id: 'load-latency', title, keys, finding });
}

function keysOf({ show, slo }: Sweep): readonly MetricKey[] {
  if (show === undefined) return LATENCIES;
  return slo === undefined ? show : show.filter((key) => !GOODPUT_METRICS.includes(key));
}

/** Who is quickest and slowest at the highest load, and how near real points come to the curves. */
function sentence(curves: LoadCurves, told: readonly MetricKey[]): string {
  const lines = (key: MetricKey) =>
    curves.sweep.labels.map((label) => ({ label, points: simulatedPoints(curves, label, key) }));
  const key = told.find((one) => lines(one).some(({ points }) => points.length > 0));
  if (key === undefined) return 'In no cell was one request served.';
  const all = lines(key);
  const loads = all.flatMap(({ points }) => points.map(({ x }) => x));
  const { heaviest, say } = curves.axis;
  const top = heaviest === 'largest' ? Math.max(...loads) : Math.min(...loads);
  const ranked = all
    .flatMap(({ label, points }) => {
      const y = points.find(({ x }) => x === top)?.y;
      return y === undefined ? [] : [{ label, y }];
    })
    .sort((a, b) => a.y - b.y);
  const [best, worst] = [ranked[0], ranked.at(-1)];
  if (best === undefined || worst === undefined) return 'In no cell was one request served.';
  const where = `At ${say(top)}`;
  const { label, unit } = metricDefinition(key)!;
  if (ranked.length > 1 && areAlike(best.y, worst.y)) {
    const names = listed(ranked.map(({ label }) => label));
    return `${where} ${names} are alike in simulated ${label}: ${withUnit(best.y, unit)}, within ${ALIKE_PERCENT} % of each other${nearness(curves)}.`;
  }
  const lowest = `${best.label} has the lowest simulated ${label}, ${withUnit(best.y, unit)}`;
  const range =
    ranked.length === 1
      ? lowest
      : `${lowest}, ${worst.label} the highest, ${withUnit(worst.y, unit)}`;
  return `${where} ${range}${nearness(curves)}.`;
}

function nearness(curves: LoadCurves): string {
  const errors = curves.sweep.labels.flatMap((name) => {
    const curve = simulatedPoints(curves, name, 'e2eMsP50');
    return realPoints(curves, name, 'e2eMsP50').flatMap((p) => {
      const y = curve.find(({ x }) => Math.abs(x - p.x) < 1e-9 * p.x)?.y;
      return y === undefined ? [] : [(100 * (y - p.y)) / p.y];
    });
  });
  if (errors.length === 0) return '';
  const sorted = [...errors].sort((a, b) => a - b);
  if (sorted.length === 1)
    return `; the curve is off by ${signedPercent(sorted[0])} of the engine’s median E2E in one point`;
  const ends = `${signedPercent(sorted[0])} to ${signedPercent(sorted.at(-1))}`;
  return `; the curves are off by ${ends} of the engine’s median E2E in ${countWord(errors.length)} points`;
}
