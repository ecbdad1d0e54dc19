import { metricDefinition } from '@flover/metrics';
import type { Signs } from '../data/site-data.ts';
import {
  type Compared,
  DIFFERENCE_COLUMNS,
  differencesSentence,
  intervalsOf,
} from './differences-sentence.ts';
import type { Figure } from './figure.ts';
import { type SweepView, sweepDrawing, sweepTable } from './sweep-drawing.ts';
import { lowered } from './sweep-sentence.ts';

/** Differences of the policies of a view from the baseline, seed by seed; none in older sweeps. */
export function differencesFigure(
  view: SweepView,
  signs: Signs,
  { id, title }: Pick<Figure, 'id' | 'title'>,
): Figure | undefined {
  const { baseline, labels, seeds } = view.sweep;
  if (baseline === undefined) return undefined;
  const differences: SweepView = {
    ...view,
    labels: labels.filter((label) => label !== baseline),
    estimateOf: (point, key) => point.differences?.[key] ?? null,
    signed: true,
  };
  const finding = sentence(differences, baseline);
  if (finding === undefined) return undefined;
  return {
    id,
    title: `${title}, seed by seed against ${baseline}`,
    finding,
    note: `All policies meet the same requests of a seed, so what seeds differ in cancels: each policy’s value less that of ${baseline}, which is the line at 0. ${intervalsOf(seeds)}`,
    drawing: sweepDrawing(differences, signs, finding),
    table: sweepTable(
      differences,
      `Differences from ${baseline} over seeds, ${DIFFERENCE_COLUMNS}`,
    ),
  };
}

/** The largest difference in the first metric whose interval excludes 0, and how many do. */
function sentence({ slice, keys, labels }: SweepView, baseline: string): string | undefined {
  const [key] = keys;
  if (key === undefined) return undefined;
  const { label, unit } = metricDefinition(key)!;
  const name = lowered(label);
  const all = slice.points.flatMap((point): Compared[] => {
    const difference = labels.includes(point.label) ? point.differences?.[key] : undefined;
    return difference ? [{ point, difference, whose: `${point.label}’s ${name}` }] : [];
  });
  return differencesSentence(all, {
    ...{ unit, along: slice.along, from: `${baseline}’s` },
    none: `no policy differs from ${baseline} in ${name}`,
  });
}
