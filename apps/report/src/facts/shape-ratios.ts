import type { Comparison, PublishedComparison } from '@flover/metrics';
import { at } from './load-latency.ts';
import { meanValue, policiesOf } from './policies.ts';
import { subjectOf } from './published.ts';
import { deviceOf, fusion, numberIn, PUBLISHED, requestsOf, type ShapePoint } from './shapes.ts';

/** Overlap over the mean interval as a share of one request's own time. */
export function poissonShape(
  { rows, fits }: PublishedComparison,
  ours: readonly Comparison[],
): ShapePoint[] {
  const panel = 'overlap, percent';
  const theirs = rows.flatMap((row): ShapePoint[] => {
    const alone = fits.find(({ model }) => model === row.model)?.singleRequestSeconds;
    if (row.figure !== '8' || row.quantity !== 'overlap' || !alone) return [];
    return [{ panel, who: PUBLISHED, x: numberIn(row.column) / 1000 / alone, y: row.published }];
  });
  const model = rows.find(({ figure }) => figure === '8')?.model;
  const own = ours.flatMap((comparison): ShapePoint[] => {
    const interval = at(comparison.workload, 'arrivals.meanIntervalMs');
    const overlap = fusion(comparison, 'overlap');
    const alone = aloneMs(ours, comparison);
    if (comparison.model.name !== model || typeof interval !== 'number' || !overlap || !alone) {
      return [];
    }
    return [{ panel, who: deviceOf(comparison), x: interval / alone, y: 100 * overlap }];
  });
  return [...theirs, ...own];
}

/** How long one request of as many tokens took by itself on the same device, milliseconds. */
function aloneMs(ours: readonly Comparison[], { model, engine, workload }: Comparison) {
  const alone = ours.find(
    (other) =>
      requestsOf(other.workload) === 1 &&
      other.model.name === model.name &&
      other.engine?.device === engine?.device &&
      at(other.workload, 'output.kind') === 'fixed' &&
      at(other.workload, 'output.tokens') === at(workload, 'output.tokens'),
  );
  return alone && fusion(alone, 'e2eMsMean');
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
    return [{ panel: subjectOf(row), who: PUBLISHED, x: numberIn(row.column), y }];
  });
  const mine = ours.flatMap((comparison): ShapePoint[] => {
    const row = own.find(({ model }) => model === comparison.model.name);
    const longest = at(comparison.workload, 'output.maxTokens');
    const ratio = ratioOf(comparison, 'reordering-flover', 'reordering-off');
    if (row === undefined || typeof longest !== 'number' || ratio === null) return [];
    return [{ panel: subjectOf(row), who: deviceOf(comparison), x: longest, y: ratio }];
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
    return [{ panel, who: PUBLISHED, x: Number(interval), y: row.published / other.published }];
  });
  const mine = ours.flatMap((comparison): ShapePoint[] => {
    const { workload } = comparison;
    const interval = at(workload, 'arrivals.intervalMs');
    const tokens = at(workload, 'output.tokens');
    const lengths = at(workload, 'output.kind') === 'fixed' ? `len ${tokens}` : 'random len';
    const ratio = ratioOf(comparison, 'temporal-fusion', 'continuous-batching');
    if (typeof interval !== 'number' || ratio === null) return [];
    const panel = `${requestsOf(workload)} requests, ${lengths}`;
    return [{ panel, who: deviceOf(comparison), x: interval, y: ratio }];
  });
  return [...theirs, ...mine];
}

function ratioOf(comparison: Comparison, above: string, below: string): number | null {
  const time = (label: string) => {
    const policy = policiesOf(comparison).find((one) => one.label === label);
    return policy ? meanValue(policy, 'real', 'makespanSeconds') : null;
  };
  const [a, b] = [time(above), time(below)];
  return a === null || !b ? null : a / b;
}
