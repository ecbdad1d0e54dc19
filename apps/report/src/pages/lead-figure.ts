import type { Experiment } from '../data/site-data.ts';
import { sourceLine } from '../facts/provenance.ts';
import { sweepSource } from '../facts/sweeps.ts';
import { validationOf, validationSource } from '../facts/validation.ts';
import { variedOf } from '../facts/varied.ts';
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

/** All comparisons of an experiment in one figure where one number tells them apart. */
export function comparisonsFigure({ comparisons }: Experiment): PlacedFigure | undefined {
  const all = comparisons.map(({ value }) => value);
  const [first] = all;
  if (first === undefined) return undefined;
  const varied = all.length > 1 ? variedOf(all) : undefined;
  if (varied !== undefined) {
    return { figure: seriesFigure(all, varied), source: sourceLine(first) };
  }
  const metrics = ['ttftMsP50', 'tpotMsP50', 'e2eMsP50'] as const;
  return { figure: policiesFigure(first, metrics), source: sourceLine(first) };
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
