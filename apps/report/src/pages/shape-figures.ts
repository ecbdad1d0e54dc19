import type { PublishedComparison } from '@flover/metrics';
import { comparisonsOf, type Experiment, type SiteData } from '../data/site-data.ts';
import { newestMeasured } from '../facts/both-worlds.ts';
import { newestPublished } from '../facts/published.ts';
import { continuousShape, poissonShape, reorderingShape } from '../facts/shape-ratios.ts';
import { requestsShape, type ShapePoint } from '../facts/shapes.ts';
import { sourcesLine } from '../facts/sources.ts';
import type { Figure } from '../figures/figure.ts';
import { comparablePoints, shapeFigure } from '../figures/shape-figure.ts';
import type { PlacedFigure } from './page.ts';

/** What may be compared of two devices, in words. */
export const SHAPES_RULE =
  'Real runs of the same workloads on another GPU. Times are not comparable; shapes are: every number below is over a measure of its own device.';

/** Our own real runs beside a publication, without the speed of either device. */
export function shapeFigures(
  site: SiteData,
  value: PublishedComparison,
  experiment?: Experiment,
): PlacedFigure[] {
  const measured = newestMeasured(comparisonsOf(site));
  const ours = measured.map((found) => found.value);
  const told = new Set(
    measured
      .filter((found) => experiment === undefined || found.experiment === experiment.id)
      .map((found) => found.value),
  );
  return SHAPES.flatMap(({ pointsOf, ...part }) => {
    const points = pointsOf(value, ours).filter(
      ({ from: [first] }) => first === undefined || told.has(first),
    );
    const drawn = comparablePoints(points);
    if (drawn.length === 0) return [];
    const from = [...new Set(drawn.flatMap((point) => point.from))];
    const source = `${sourcesLine(from)} · beside published numbers of an unnamed GPU`;
    return [{ figure: shapeFigure(drawn, part), source }];
  });
}

/** The runs of one experiment beside whatever was published of their workloads. */
export function ownShapes(site: SiteData, experiment: Experiment): PlacedFigure[] {
  return newestPublished(site).flatMap(({ value }, i) =>
    shapeFigures(site, value, experiment).map(({ figure, source }) => {
      const id = i === 0 ? figure.id : `${figure.id}-of-${i + 1}`;
      return { figure: { ...figure, id }, source };
    }),
  );
}

interface Shape extends Pick<Figure, 'id' | 'title'> {
  readonly xTitle: string;
  readonly note: string;
  readonly pointsOf: (
    value: PublishedComparison,
    ours: Parameters<typeof requestsShape>[1],
  ) => ShapePoint[];
}

const SHAPES: readonly Shape[] = [
  {
    id: 'shape-requests',
    title: 'Only shapes: times over the number of requests',
    xTitle: 'requests at a constant interval',
    note: 'Multiples of what one request alone takes on the same device, so that neither device’s speed is in them. The interval is the same in milliseconds and therefore another share of a request’s time: where requests are quicker, more of the time of all is spent waiting for arrivals.',
    pointsOf: requestsShape,
  },
  {
    id: 'shape-poisson',
    title: 'Only shapes: overlap of Poisson arrivals',
    xTitle: 'mean interval / time of one request alone',
    note: 'Overlap follows from intervals as shares of a request’s own time, whatever the device. Each of the marks is one draw of arrivals.',
    pointsOf: poissonShape,
  },
  {
    id: 'shape-reordering',
    title: 'Only shapes: what reordering saves',
    xTitle: 'longest output, tokens',
    note: 'Time of all requests with reordering over the time without it, on the same device. Lengths are random, and the publication’s draw is not known.',
    pointsOf: reorderingShape,
  },
  {
    id: 'shape-continuous',
    title: 'Only shapes: fusion against continuous batching',
    xTitle: 'interval between requests, ms',
    note: 'Time of all requests under fusion over the time under continuous batching, on the same device. Published: TensorRT-LLM, its model not named, read off a bar chart; ours: the policy of that name over pages, in the same engine.',
    pointsOf: continuousShape,
  },
];
