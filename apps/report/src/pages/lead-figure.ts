import type { Experiment } from '../data/site-data.ts';
import { newestOf } from '../facts/newest.ts';
import { sourceLine } from '../facts/provenance.ts';
import { sweepSource } from '../facts/sweeps.ts';
import { validationOf, validationSource } from '../facts/validation.ts';
import { variedOf } from '../facts/varied.ts';
import { comparisonsFigure as sideBySide } from '../figures/comparisons-figure.ts';
import { policiesFigure } from '../figures/policies-figure.ts';
import { seriesFigure } from '../figures/series-figure.ts';
import { sweepFigures } from '../figures/sweep-figure.ts';
import { validationFigure } from '../figures/validation-figure.ts';
import type { PlacedFigure } from './page.ts';

/** The one figure that says what an experiment found; undefined where nothing of it is drawn. */
export function leadFigure(experiment: Experiment): PlacedFigure | undefined {
  const placed =
    comparisonsFigure(experiment) ?? sweepFigure(experiment) ?? checksFigure(experiment);
  if (placed === undefined) return undefined;
  return { ...placed, figure: { ...placed.figure, id: `lead-${experiment.id}` } };
}

/** The newest comparisons of an experiment in one figure: over the number that tells them apart. */
export function comparisonsFigure({ comparisons }: Experiment): PlacedFigure | undefined {
  const all = newestOf(comparisons).map(({ value }) => value);
  const [first] = all;
  if (first === undefined) return undefined;
  const source = sourceLine(first);
  if (all.length === 1) {
    return { figure: policiesFigure(first, ['ttftMsP50', 'tpotMsP50', 'e2eMsP50']), source };
  }
  const varied = variedOf(all);
  return { figure: varied ? seriesFigure(all, varied) : sideBySide(all), source };
}

function sweepFigure({ sweeps }: Experiment): PlacedFigure | undefined {
  const [sweep] = sweeps;
  const figure = sweep && sweepFigures(sweep.value)[0];
  return figure && { figure, source: sweepSource(sweep.value) };
}

/** The newest validation of an experiment. */
export function checksFigure({ documents }: Experiment): PlacedFigure | undefined {
  const validations = documents.flatMap(({ value }) => validationOf(value) ?? []);
  const newest = validations.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))[0];
  return newest && { figure: validationFigure(newest), source: validationSource(newest) };
}
