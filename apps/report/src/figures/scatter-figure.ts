import { scatter } from '../charts/scatter.ts';
import type { ReportData } from '../data/report-data.ts';
import { meanOf } from '../facts/policies.ts';
import { number, percent, signedPercent } from '../marks/format.ts';
import type { Figure } from './figure.ts';
import { LATENCIES, type LatencyName, type Pair, pairs, seriesOf } from './request-values.ts';

/** Half-width of the band about the identity line, as a share. */
const BAND = 0.1;
/** A panel draws about so many requests at most; the table has them all. */
const DRAWN = 800;

/** Each request's simulated over its real latency; none where only one world ran. */
export function scatterFigure(data: ReportData): Figure | undefined {
  const list = pairs(data);
  const every = Math.max(1, Math.ceil(list.length / DRAWN));
  const drawn = list.filter((_, i) => i % every === 0);
  const panels = LATENCIES.map((name) => {
    return { title: name, unit: 'ms', band: BAND, points: points(data, drawn, name) };
  }).filter((panel) => panel.points.length > 0);
  if (panels.length === 0) return undefined;
  const finding = sentence(data, list);
  return {
    id: 'requests',
    title: 'Request by request',
    finding,
    note: note(every),
    drawing: scatter(panels, seriesOf(data), finding),
    table: {
      caption: 'Latencies of each request in both worlds, milliseconds',
      columns: [
        'Policy',
        'Seed',
        'Request',
        ...LATENCIES.flatMap((name) => [`${name} simulated`, `${name} real`]),
      ],
      rows: list.map((pair) => [
        pair.policy.label,
        pair.seed,
        pair.request,
        ...LATENCIES.flatMap((name) => [pair.simulated[name], pair.real[name]]),
      ]),
    },
  };
}

function note(every: number): string {
  const all = every === 1 ? '' : ` Of each ${every} requests one is drawn.`;
  return `A point is a request. On the diagonal the two worlds agree; the band is ±${BAND * 100} %.${all}`;
}

function points({ signs }: ReportData, list: readonly Pair[], latency: LatencyName) {
  return list.flatMap(({ policy, request, simulated, real }) => {
    const [s, r] = [simulated[latency], real[latency]];
    if (s === null || r === null || s <= 0 || r <= 0) return [];
    const name = `${policy.label}, request ${request}`;
    return [{ name, series: signs(policy.label), simulated: s, real: r }];
  });
}

function sentence(data: ReportData, list: readonly Pair[]): string {
  const errors = points(data, list, 'E2E').map((p) => (100 * (p.simulated - p.real)) / p.real);
  const within = errors.filter((error) => Math.abs(error) <= BAND * 100).length;
  const bias = meanOf(errors);
  if (bias === null) return 'No request was served in both worlds.';
  const share = percent((100 * within) / errors.length);
  const size = meanOf(errors.map(Math.abs))!;
  return (
    `Of ${number(errors.length)} requests, ${share} have a simulated E2E latency within ` +
    `${BAND * 100} % of the real one; the mean error is ${signedPercent(bias)}, ` +
    `its mean size ${percent(size)}.`
  );
}
