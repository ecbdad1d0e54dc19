import {
  type Comparison,
  canonicalJson,
  type MetricKey,
  type PublishedComparison,
  type PublishedRow,
} from '@flover/metrics';
import { at } from './dotted-key.ts';
import { meanValue, policiesOf, type Side } from './policies.ts';
import { lineOf, subjectOf } from './published.ts';

export const PUBLISHED = 'published, an unnamed GPU';

/** A number without a device's speed in it: ours or the publication's, each over its own measure. */
export interface ShapePoint {
  readonly panel: string;
  /** `PUBLISHED`, or the device that it was measured on. */
  readonly who: string;
  /** A simulated number is over a simulated measure. */
  readonly world: Side;
  readonly x: number;
  readonly y: number;
  /** What it was computed from; none for a published one. */
  readonly from: readonly Comparison[];
}

export const SIDES: readonly Side[] = ['real', 'simulated'];

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
    return [publishedPoint(panel, numberIn(row.column), row.published / alone)];
  });
}

/** A point of the publication. */
export function publishedPoint(panel: string, x: number, y: number): ShapePoint {
  return { panel, who: PUBLISHED, world: 'real', x, y, from: [] };
}

/** Every run of a published model with the run of one request of the same interval and device. */
function multiples(
  comparisons: readonly Comparison[],
  rows: readonly PublishedRow[],
  key: MetricKey,
  name: string,
): ShapePoint[] {
  const points = comparisons.flatMap((comparison) => {
    const row = rows.find(
      ({ model, figure }) => model === comparison.model.name && figure === '4a',
    );
    const alone = comparisons.find((other) => isAloneFor(other, comparison));
    if (row === undefined || alone === undefined) return [];
    const panel = `${name}, ${subjectOf(row)}`;
    const own = { panel, who: deviceOf(comparison), from: [comparison, alone] };
    return SIDES.flatMap((world): ShapePoint[] => {
      const [y, one] = [fusion(comparison, key, world), fusion(alone, key, world)];
      return y && one ? [{ ...own, world, x: requestsOf(comparison.workload), y: y / one }] : [];
    });
  });
  // One request is one request: a panel needs a point beside that.
  return points.filter(({ panel, who }) =>
    points.some((other) => other.panel === panel && other.who === who && other.x !== 1),
  );
}

/** One request of the same workload by the same engine: an engine of another commit is as quick as it is. */
function isAloneFor(other: Comparison, comparison: Comparison): boolean {
  return (
    requestsOf(other.workload) === 1 &&
    other.commit.id === comparison.commit.id &&
    other.model.name === comparison.model.name &&
    other.engine?.device === comparison.engine?.device &&
    sameButRequests(other.workload, comparison.workload)
  );
}

/** The value of temporal fusion in one world; null where it did not run. */
export function fusion(comparison: Comparison, key: MetricKey, world: Side): number | null {
  const policy = policiesOf(comparison).find(
    ({ cells }) => cells[0]?.policy.name === 'temporal-fusion',
  );
  return policy ? meanValue(policy, world, key) : null;
}

function sameButRequests(a: Comparison['workload'], b: Comparison['workload']): boolean {
  return canonicalJson({ ...a, requests: 0 }) === canonicalJson({ ...b, requests: 0 });
}

/** How many requests a workload has; 0 where it does not say. */
export function requestsOf(workload: Comparison['workload']): number {
  return typeof workload.requests === 'number' ? workload.requests : 0;
}

/** What a comparison ran on. */
export function deviceOf({ engine }: Comparison): string {
  return engine?.device ?? 'unknown device';
}

/** The first number of a text; NaN where it has none. */
export function numberIn(text: string): number {
  return Number(/\d+/.exec(text)?.[0] ?? Number.NaN);
}
