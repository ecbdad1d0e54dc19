import type { Found, SiteData } from '../data/site-data.ts';
import { comparisonPath, experimentPath } from './paths.ts';
import { titleOf } from './readme.ts';

/** The page that a run is part of: its comparison's where that has one, else its experiment's. */
export function homeOf(
  site: SiteData,
  run: Found<{ readonly comparison?: { readonly id: string } }>,
): { readonly path: string; readonly title: string } {
  const experiment = site.experiments.find(({ id }) => id === run.experiment)!;
  const comparison = experiment.comparisons.find(({ id }) => id === run.value.comparison?.id);
  if (comparison === undefined || experiment.comparisons.length === 1) {
    return { path: experimentPath(experiment), title: titleOf(experiment) };
  }
  return { path: comparisonPath(comparison), title: comparison.value.name };
}
