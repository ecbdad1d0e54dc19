import { ecdf } from '../charts/ecdf.ts';
import type { ReportData } from '../data/report-data.ts';
import { heroOf } from '../facts/headline.ts';
import { leadingSide, type PolicyFacts, policiesOf, sidesOf } from '../facts/policies.ts';
import { listed, milliseconds } from '../marks/format.ts';
import type { Figure } from './figure.ts';
import { LATENCIES, latencies, seriesOf } from './request-values.ts';

const SHARES = [0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1];

/** Distributions of the latencies of requests; none where no run's trace was kept. */
export function ecdfFigure(data: ReportData): Figure | undefined {
  const { comparison } = data;
  const policies = policiesOf(comparison);
  const sides = sidesOf(comparison);
  const panels = LATENCIES.map((title) => ({
    title,
    lines: policies.flatMap((policy) =>
      sides.map((world) => ({
        label: policy.label,
        series: data.signs(policy.label),
        world,
        values: latencies(data, policy, world, title),
      })),
    ),
  }));
  if (panels.every(({ lines }) => lines.every(({ values }) => values.length === 0)))
    return undefined;
  const finding = sentence(data, policies);
  return {
    id: 'distributions',
    title: 'Distributions of latency',
    finding,
    note: `Share of requests at or below a latency. Solid: the engine; dashed: the simulator. A mark stands at the median.${leftOut(data, policies)}`,
    drawing: ecdf(panels, seriesOf(data), finding),
    table: {
      caption: 'Least latency that a share of requests does not exceed, milliseconds',
      columns: ['Latency', 'Policy', 'World', ...SHARES.map((p) => `${p * 100} %`)],
      rows: panels.flatMap((panel) =>
        panel.lines
          .filter((line) => line.values.length > 0)
          .map((line) => [
            panel.title,
            line.label,
            line.world,
            ...SHARES.map((share) => atShare(line.values, share)),
          ]),
      ),
    },
  };
}

/** Names the policies whose runs in the leading world came without their traces. */
function leftOut({ comparison, runs }: ReportData, policies: readonly PolicyFacts[]): string {
  const side = leadingSide(comparison);
  const without = policies.filter(({ cells }) =>
    cells.every((cell) => runs[cell[side]?.folder ?? ''] === undefined),
  );
  if (without.length === 0) return '';
  const where = side === 'real' ? 'engine' : 'simulator';
  return ` No trace of the ${where} was kept under ${listed(without.map(({ label }) => label))}.`;
}

/** The smallest value with at least `share` of all values at or below it. */
function atShare(values: readonly number[], share: number): number {
  return values[Math.max(0, Math.ceil(share * values.length) - 1)]!;
}

function sentence(data: ReportData, policies: readonly PolicyFacts[]): string {
  const side = leadingSide(data.comparison);
  const medians = policies.flatMap((policy) => {
    const values = latencies(data, policy, side, 'TTFT');
    return values.length === 0 ? [] : [{ policy, ttft: atShare(values, 0.5) }];
  });
  // The runs of some policies may have come without their traces.
  const hero = medians.find(({ policy }) => policy.label === heroOf(policies)?.label) ?? medians[0];
  const rest = medians.filter((entry) => entry !== hero).sort((a, b) => a.ttft - b.ttft);
  if (hero === undefined) return 'No request got a token.';
  const own = `Half of the requests have their first token within ${milliseconds(hero.ttft)} under ${hero.policy.label}`;
  const other = rest.at(-1);
  if (other === undefined) return `${own}.`;
  const best = rest[0]!;
  const others =
    rest.length === 1
      ? `${milliseconds(other.ttft)} under ${other.policy.label}`
      : `between ${milliseconds(best.ttft)} (${best.policy.label}) and ${milliseconds(other.ttft)} (${other.policy.label}) under the others`;
  return `${own}, ${others}.`;
}
