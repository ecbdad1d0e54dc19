import type { Comparison, PublishedComparison } from '@flover/metrics';
import { at } from './dotted-key.ts';
import { meanValue, policiesOf, type Side } from './policies.ts';
import { subjectOf } from './published.ts';
import {
  deviceOf,
  fusion,
  numberIn,
  publishedPoint,
  requestsOf,
  type ShapePoint,
  SIDES,
} from './shapes.ts';

/** Overlap over the mean interval as a share of one request's own time. */
export function poissonShape(
  { rows, fits }: PublishedComparison,
  ours: readonly Comparison[],
): ShapePoint[] {
  const panel = 'overlap, percent';
  const theirs = rows.flatMap((row): ShapePoint[] => {
    const alone = fits.find(({ model }) => model === row.model)?.singleRequestSeconds;
    if (row.figure !== '8' || row.quantity !== 'overlap' || !alone) return [];
    return [publishedPoint(panel, numberIn(row.column) / 1000 / alone, row.published)];
  });
  const model = rows.find(({ figure }) => figure === '8')?.model;
  const own = ours.flatMap((comparison): ShapePoint[] => {
    const interval = at(comparison.workload, 'arrivals.meanIntervalMs');
    const alone = aloneFor(ours, comparison);
    if (comparison.model.name !== model || typeof interval !== 'number' || !alone) return [];
    const common = { panel, who: deviceOf(comparison), from: [comparison, alone] };
    return SIDES.flatMap((world) => {
      const overlap = fusion(comparison, 'overlap', world);
      const one = fusion(alone, 'e2eMsMean', world);
      return overlap && one ? [{ ...common, world, x: interval / one, y: 100 * overlap }] : [];
    });
  });
  return [...theirs, ...own];
}

/** One request of as many tokens by itself on the same device, of the same commit where there is one. */
function aloneFor(ours: readonly Comparison[], { model, engine, workload, commit }: Comparison) {
  const alone = ours.filter(
    (other) =>
      requestsOf(other.workload) === 1 &&
      other.model.name === model.name &&
      other.engine?.device === engine?.device &&
      at(other.workload, 'output.kind') === 'fixed' &&
      at(other.workload, 'output.tokens') === at(workload, 'output.tokens'),
  );
  return alone.find((other) => other.commit.id === commit.id) ?? alone[0];
}

/** Time with reordering over time without, by the longest output. */
export function reorderingShape(
  { rows }: PublishedComparison,
  ours: readonly Comparison[],
): ShapePoint[] {
  const own = rows.filter(({ figure }) => figure === 'mem_shuffle');
  const theirs = own.flatMap((row): ShapePoint[] => {
    const without = own.find(
      (one) =>
        subjectOf(one) === subjectOf(row) &&
        one.column === row.column &&
        one.quantity === 'Flover without reordering',
    );
    if (row.quantity !== 'Flover with reordering' || without === undefined) return [];
    const y = row.published / without.published;
    return [publishedPoint(subjectOf(row), numberIn(row.column), y)];
  });
  const mine = ours.flatMap((comparison): ShapePoint[] => {
    const longest = at(comparison.workload, 'output.maxTokens');
    if (typeof longest !== 'number') return [];
    const row = own.find(
      ({ model, column }) => model === comparison.model.name && isNear(longest, numberIn(column)),
    );
    if (row === undefined) return [];
    const point = { panel: subjectOf(row), x: longest };
    return ratios(comparison, 'reordering-flover', 'reordering-off', point);
  });
  return [...theirs, ...mine];
}

/** Time of fusion over that of batching request by request over pages, by the interval. */
export function continuousShape(
  { rows }: PublishedComparison,
  ours: readonly Comparison[],
): ShapePoint[] {
  const theirs = rows.flatMap((row): ShapePoint[] => {
    const scenario = /^(\d+) requests, (len \d+|random len), (\d+) ms$/.exec(row.column);
    const other = rows.find(
      (one) =>
        one.figure === row.figure &&
        one.column === row.column &&
        one.quantity === 'TensorRT-LLM, time',
    );
    if (row.quantity !== 'Flover, time' || scenario === null || other === undefined) return [];
    const [, requests, lengths, interval] = scenario;
    const panel = `${requests} requests, ${lengths}`;
    return [publishedPoint(panel, Number(interval), row.published / other.published)];
  });
  const mine = ours.flatMap((comparison): ShapePoint[] => {
    const { workload } = comparison;
    const interval = at(workload, 'arrivals.intervalMs');
    const tokens = at(workload, 'output.tokens');
    const lengths = at(workload, 'output.kind') === 'fixed' ? `len ${tokens}` : 'random len';
    if (typeof interval !== 'number') return [];
    const point = { panel: `${requestsOf(workload)} requests, ${lengths}`, x: interval };
    return ratios(comparison, 'temporal-fusion', 'continuous-batching', point);
  });
  return [...theirs, ...mine];
}

/** The time of all requests under one policy over that under another, in each world that has both. */
function ratios(
  comparison: Comparison,
  above: string,
  below: string,
  point: Pick<ShapePoint, 'panel' | 'x'>,
): ShapePoint[] {
  const time = (label: string, world: Side) => {
    const policy = policiesOf(comparison).find((one) => one.label === label);
    return policy ? meanValue(policy, world, 'makespanSeconds') : null;
  };
  return SIDES.flatMap((world) => {
    const [a, b] = [time(above, world), time(below, world)];
    if (a === null || !b) return [];
    return [{ ...point, who: deviceOf(comparison), world, y: a / b, from: [comparison] }];
  });
}

/** Is it the published setting, but for the few tokens that a prompt needs in the same memory? */
function isNear(tokens: number, published: number): boolean {
  return Math.abs(tokens - published) <= 0.05 * published;
}
