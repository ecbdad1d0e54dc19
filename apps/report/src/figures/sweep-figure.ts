import type { Sweep, SweepAxis } from '@flover/metrics';
import type { Signs } from '../data/site-data.ts';
import { shownMetrics } from '../facts/shown.ts';
import { slicesOf } from '../facts/sweeps.ts';
import { listed } from '../marks/format.ts';
import { differencesFigure } from './differences-figure.ts';
import type { Figure } from './figure.ts';
import { type SweepView, sweepDrawing, sweepTable } from './sweep-drawing.ts';
import { sweepSentence } from './sweep-sentence.ts';
import { tenantsDifferencesFigure } from './tenants-differences-figure.ts';
import { tenantsSweepFigure } from './tenants-sweep-figure.ts';

/**
 * A figure for each slice of a sweep: metrics along its longest axis, a line a policy; after each the
 * differences of the policies from the baseline, and what each tenant gets, where the sweep has them.
 */
export function sweepFigures(sweep: Sweep, signs: Signs, name = sweep.name): Figure[] {
  return slicesOf(sweep).flatMap((slice, i) => {
    const view: SweepView = {
      ...{ sweep, slice, keys: shownMetrics(sweep), labels: sweep.labels },
      estimateOf: ({ metrics }, key) => metrics[key] ?? null,
    };
    const finding = sweepSentence(view);
    const title = slice.name === '' ? name : `${name}: ${slice.name}`;
    const caption = 'Estimates over seeds with the ends of their 95 % confidence intervals';
    const figure = {
      id: `sweep-${i + 1}`,
      title,
      finding,
      note: noteOf(sweep),
      drawing: sweepDrawing(view, signs, finding),
      table: sweepTable(view, caption),
    };
    const differences = differencesFigure(view, signs, { id: `differences-${i + 1}`, title });
    const tenants = tenantsSweepFigure(view, signs, { id: `tenants-${i + 1}`, title });
    const ofTenants = { id: `tenants-differences-${i + 1}`, title };
    const compared = tenantsDifferencesFigure(view, signs, ofTenants);
    return [figure, ...[differences, tenants, compared].filter((each) => each !== undefined)];
  });
}

function noteOf({ question, seeds, axes }: Sweep): string {
  const asked = question === undefined ? [] : [question];
  const mean =
    seeds.length === 1
      ? 'Simulated runs of one seed.'
      : `Mean over ${seeds.length} seeds of simulated runs; bands and whiskers are 95 % confidence intervals of the mean.`;
  return [...asked, mean, ...axes.flatMap(together)].join(' ');
}

/** What a name of the file's own stands for. */
function together({ key, sets }: SweepAxis): string[] {
  if (sets === undefined) return [];
  return [`By ${key} the file varies ${listed(Object.keys(sets))}; the axis shows the first.`];
}
