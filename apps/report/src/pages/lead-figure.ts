import type { Experiment } from '../data/site-data.ts';
import { sourceLine } from '../facts/provenance.ts';
import { policiesFigure } from '../figures/policies-figure.ts';
import type { PlacedFigure } from './page.ts';

/** The one figure that says what an experiment found; undefined where nothing of it is drawn. */
export function leadFigure(experiment: Experiment): PlacedFigure | undefined {
  const [comparison] = experiment.comparisons;
  if (comparison === undefined) return undefined;
  const figure = policiesFigure(comparison.value);
  return {
    figure: { ...figure, id: `${experiment.id}-lead` },
    source: sourceLine(comparison.value),
  };
}
