import type { Comparison, Sweep } from '@flover/metrics';
import type { Experiment, Signs } from '../data/site-data.ts';
import { toldOfEachName } from '../facts/both-worlds.ts';
import { withinResults } from '../facts/newest.ts';
import { policiesOf } from '../facts/policies.ts';
import { publishedSource } from '../facts/published.ts';
import { runSource } from '../facts/run-facts.ts';
import { sourcesLine } from '../facts/sources.ts';
import { inTellingOrder, isFromDataSheets, sweepSource } from '../facts/sweeps.ts';
import { newestValidations, validationSource } from '../facts/validation.ts';
import { longestSeries, variedOf } from '../facts/varied.ts';
import { comparisonsFigure } from '../figures/comparisons-figure.ts';
import type { Figure } from '../figures/figure.ts';
import { policiesFigure } from '../figures/policies-figure.ts';
import { publishedErrorsFigure } from '../figures/published-errors-figure.ts';
import { runsFigure } from '../figures/runs-figure.ts';
import { seriesFigure } from '../figures/series-figure.ts';
import { sweepFigures } from '../figures/sweep-figure.ts';
import { validationFigure } from '../figures/validation-figure.ts';
import type { PlacedFigure } from './page.ts';
import { experimentPath } from './paths.ts';

/** What of an experiment's results answers who does best, and by how much. */
export interface Answer {
  readonly from: 'sweep' | 'comparisons' | 'published' | 'checks' | 'runs';
  readonly figures: readonly PlacedFigure[];
}

/**
 * The results that answer first; undefined where nothing is drawn.
 *
 * A sweep of several policies by times measured somewhere: it has every policy, intervals over seeds,
 * and all loads. Else what was run, and else predictions by data sheets.
 */
export function answerOf(experiment: Experiment, signs: Signs): Answer | undefined {
  const [sweep] = inTellingOrder(experiment.sweeps);
  const swept = sweep === undefined ? [] : placedSweep(sweep.value, signs);
  const contest = sweep !== undefined && sweep.value.labels.length > 1;
  const isAnswer = contest && !isFromDataSheets(sweep.value);
  const kinds: readonly Answer[] = [
    { from: 'sweep', figures: isAnswer ? swept : [] },
    { from: 'comparisons', figures: comparisonsFigures(experiment, signs) },
    { from: 'published', figures: publishedLead(experiment) },
    { from: 'sweep', figures: swept },
    { from: 'checks', figures: checksFigures(experiment) },
    { from: 'runs', figures: runsFigureOf(experiment, signs) },
  ];
  return kinds.find(({ figures }) => figures.length > 0);
}

/**
 * The one figure that says what an experiment found, whose table the experiment's own page has;
 * undefined where nothing of it is drawn.
 */
export function leadFigure(experiment: Experiment, signs: Signs): PlacedFigure | undefined {
  const placed = answerOf(experiment, signs)?.figures[0];
  if (placed === undefined) return undefined;
  const { figure } = placed;
  const whole = `${experimentPath(experiment)}#${figure.id}`;
  return { ...placed, figure: { ...figure, id: `lead-${experiment.id}` }, whole };
}

/** The newest comparisons by model, of several policies first: over the number that tells them apart, else in rows. */
export function comparisonsFigures({ comparisons }: Experiment, signs: Signs): PlacedFigure[] {
  const all = toldOfEachName(comparisons).map(({ value }) => value);
  const models = [...new Set(all.map(({ model }) => model.name))];
  const isContest = (group: readonly Comparison[]) =>
    group.some((comparison) => policiesOf(comparison).length > 1);
  const groups = models
    .map((name) => all.filter(({ model }) => model.name === name))
    .sort((a, b) => Number(isContest(b)) - Number(isContest(a)));
  // Where models have a comparison each there is nothing to draw by model.
  const drawn = groups.every((group) => group.length > 1) ? groups : [all];
  const figures = drawn.flatMap((group) =>
    figuresOf(group, signs).map(({ figure, source }) => {
      const model = drawn.length > 1 ? `, ${group[0]!.model.name}` : '';
      return { figure: { ...figure, title: `${figure.title}${model}` }, source };
    }),
  );
  return figures.map(({ figure, source }, i) => {
    const before = figures.slice(0, i).filter((other) => other.figure.id === figure.id).length;
    const id = before === 0 ? figure.id : `${figure.id}-${before + 1}`;
    return { figure: { ...figure, id }, source };
  });
}

function figuresOf(comparisons: readonly Comparison[], signs: Signs): PlacedFigure[] {
  const [first] = comparisons;
  if (first === undefined) return [];
  const place = (figure: Figure, group = comparisons) => ({ figure, source: sourcesLine(group) });
  if (comparisons.length === 1) {
    return [place(policiesFigure(first, signs, ['ttftMsP50', 'tpotMsP50', 'e2eMsP50']))];
  }
  const varied = variedOf(comparisons);
  if (varied) return [place(seriesFigure(comparisons, varied, signs))];
  const series = longestSeries(comparisons);
  const rows = place(comparisonsFigure(comparisons, signs));
  if (series === undefined) return [rows];
  return [place(seriesFigure(series.comparisons, series.varied, signs), series.comparisons), rows];
}

/** The newest predictions of published numbers of an experiment. */
export function publishedLead({ published }: Experiment): PlacedFigure[] {
  const all = published.map(({ value }) => value);
  const newest = all.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))[0];
  const figure = newest && publishedErrorsFigure(newest);
  return figure ? [{ figure, source: publishedSource(newest) }] : [];
}

/** The figures of a sweep, which `title` may tell from others of its name. */
export function placedSweep(sweep: Sweep, signs: Signs, title?: string): PlacedFigure[] {
  const source = sweepSource(sweep);
  return sweepFigures(sweep, signs, title).map((figure) => ({ figure, source }));
}

/** The newest validations of an experiment, that with most checks first. */
export function checksFigures({ documents }: Experiment): PlacedFigure[] {
  return newestValidations(documents).map((found, i) => {
    const figure = validationFigure(found.value);
    const where = withinResults(found).replace(/\/?[^/]*$/, '');
    const title = where === '' ? figure.title : `${figure.title}: ${where}`;
    const id = i === 0 ? figure.id : `${figure.id}-${i + 1}`;
    return { figure: { ...figure, id, title }, source: validationSource(found.value) };
  });
}

/** The runs of an experiment that belong to no comparison. */
export function runsFigureOf({ runs }: Experiment, signs: Signs): PlacedFigure[] {
  const all = runs.map(({ value }) => value);
  const figure = runsFigure(all, signs);
  return figure ? [{ figure, source: runSource(all[0]!.manifest) }] : [];
}
