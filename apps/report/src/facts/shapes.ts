import type { Comparison, MetricKey, PublishedComparison, PublishedRow } from '@flover/metrics';
import { at } from './load-latency.ts';
import { meanValue, policiesOf } from './policies.ts';
import { lineOf, subjectOf } from './published.ts';

export const PUBLISHED = 'published, an unnamed GPU';

/** A number without a device's speed in it: ours or the publication's, each over its own measure. */
export interface ShapePoint {
  readonly panel: string;
  /** `PUBLISHED`, or the device that it was measured on. */
  readonly who: string;
  readonly x: number;
  readonly y: number;
}

/** Times or latencies over the number of requests, as multiples of one request alone. */
export function requestsShape(
  { rows }: PublishedComparison,
  ours: readonly Comparison[],
): ShapePoint[] {
  const constant = ours.filter(
    ({ workload }) => at(workload, 'arrivals.kind') === 'constant' && requestsOf(workload) > 0,
  );
  return [
    ...published(rows, /^Flover, time$/, '4a', 'time of all'),
    ...published(rows, /latency/, '4c', 'mean latency'),
    ...multiples(constant, rows, 'makespanSeconds', 'time of all'),
    ...multiples(constant, rows, 'e2eMsMean', 'mean latency'),
  ];
}

function published(
  rows: readonly PublishedRow[],
  quantity: RegExp,
  figure: string,
  name: string,
): ShapePoint[] {
  const own = rows.filter((row) => row.figure === figure && quantity.test(row.quantity));
  return own.flatMap((row) => {
    const first = own.find((one) => lineOf(one) === lineOf(row) && numberIn(one.column) === 1);
    // A ratio is published over one request alone already.
    const alone = row.unit === 'ratio' ? 1 : first?.published;
    if (!alone) return [];
    const panel = `${name}, ${subjectOf(row)}`;
    return [{ panel, who: PUBLISHED, x: numberIn(row.column), y: row.published / alone }];
  });
}

/** Every run of a published model with the run of one request of the same interval and device. */
function multiples(
  comparisons: readonly Comparison[],
  rows: readonly PublishedRow[],
  key: MetricKey,
  name: string,
): ShapePoint[] {
  return comparisons.flatMap((comparison) => {
    const row = rows.find(
      ({ model, figure }) => model === comparison.model.name && figure === '4a',
    );
    const alone = comparisons.find(
      (other) =>
        requestsOf(other.workload) === 1 &&
        other.model.name === comparison.model.name &&
        other.engine?.device === comparison.engine?.device &&
        at(other.workload, 'arrivals.intervalMs') ===
          at(comparison.workload, 'arrivals.intervalMs'),
    );
    const [y, one] = [fusion(comparison, key), alone && fusion(alone, key)];
    if (row === undefined || !y || !one) return [];
    const panel = `${name}, ${subjectOf(row)}`;
    return [{ panel, who: deviceOf(comparison), x: requestsOf(comparison.workload), y: y / one }];
  });
}

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

function ratioOf(comparison: Comparison, above: string, below: string): number | null {
  const time = (label: string) => {
    const policy = policiesOf(comparison).find((one) => one.label === label);
    return policy ? meanValue(policy, 'real', 'makespanSeconds') : null;
  };
  const [a, b] = [time(above), time(below)];
  return a === null || !b ? null : a / b;
}

/** The real value of temporal fusion; null where it did not run. */
function fusion(comparison: Comparison, key: MetricKey): number | null {
  const policy = policiesOf(comparison).find(
    ({ cells }) => cells[0]?.policy.name === 'temporal-fusion',
  );
  return policy ? meanValue(policy, 'real', key) : null;
}

function requestsOf(workload: Comparison['workload']): number {
  return typeof workload.requests === 'number' ? workload.requests : 0;
}

function deviceOf({ engine }: Comparison): string {
  return engine?.device ?? 'unknown device';
}

/** The first number of a text; NaN where it has none. */
function numberIn(text: string): number {
  return Number(/\d+/.exec(text)?.[0] ?? Number.NaN);
}
