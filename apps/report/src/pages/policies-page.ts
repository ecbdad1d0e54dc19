import type { Sweep } from '@flover/metrics';
import { type Experiment, type Found, reportDataOf, type SiteData } from '../data/site-data.ts';
import { newestOfEachName } from '../facts/both-worlds.ts';
import { loadAxisOf, loadSlices } from '../facts/load-latency.ts';
import { policiesOf } from '../facts/policies.ts';
import { sourcesLine } from '../facts/sources.ts';
import { isFromDataSheets, sweepSource } from '../facts/sweeps.ts';
import { ecdfFigure } from '../figures/ecdf-figure.ts';
import { goodputFigure } from '../figures/goodput-figure.ts';
import { type LoadCurves, measuredIn } from '../figures/load-curves.ts';
import { loadLatencyFigure } from '../figures/load-latency-figure.ts';
import { h, type Mark } from '../marks/mark.ts';
import { linkTo, type Page, type PlacedFigure } from './page.ts';
import { experimentPath, POLICIES_PATH } from './paths.ts';
import { titleOf } from './readme.ts';

const HERE = { path: POLICIES_PATH };
type Content = readonly (Mark | PlacedFigure)[];

/** Policies side by side over load and request by request; none where no result has two of them. */
export function policiesPages(site: SiteData): Page[] {
  const sweeps = site.experiments.flatMap((experiment) =>
    experiment.sweeps
      .filter(({ value }) => value.labels.length > 1 && loadAxisOf(value) !== undefined)
      .map((sweep) => ({ experiment, sweep })),
  );
  // Those that ask for objectives first: they say what a load is worth; then those that were calibrated.
  const rank = ({ value }: Found<Sweep>) =>
    2 * Number(!value.slo) + Number(isFromDataSheets(value));
  sweeps.sort((a, b) => rank(a.sweep) - rank(b.sweep));
  const curves = sweeps.flatMap(({ experiment, sweep }) => overLoad(experiment, sweep));
  const distributions = site.experiments.flatMap((experiment) => byRequest(site, experiment));
  if (curves.length + distributions.length === 0) return [];
  return [
    {
      ...HERE,
      title: 'Policies side by side',
      nav: 'Policies',
      content: [introduction(), ...curves, ...distributions],
    },
  ];
}

function introduction(): Mark {
  return h(
    'p',
    { class: 'question' },
    'Every policy meets the same requests: latency and goodput over load from sweeps of simulated runs, with real runs over them where there are some; then the distributions over the requests of each comparison.',
  );
}

function overLoad(experiment: Experiment, { id, value: sweep }: Found<Sweep>): Content {
  const axis = loadAxisOf(sweep)!;
  const comparisons = newestOfEachName(experiment.comparisons);
  const figures = loadSlices(sweep, axis).flatMap((slice, i): PlacedFigure[] => {
    const curves: LoadCurves = { sweep, axis, slice, comparisons };
    const ran = measuredIn(curves);
    const source = [sweepSource(sweep), ...(ran.length > 0 ? [`real: ${sourcesLine(ran)}`] : [])];
    return [goodputFigure(curves), loadLatencyFigure(curves)].flatMap((figure) =>
      figure
        ? [{ figure: { ...figure, id: `${figure.id}-${id}-${i + 1}` }, source: source.join('; ') }]
        : [],
    );
  });
  return [heading(experiment, id, sweep.question ?? sweep.name), ...figures];
}

/** Distributions of every comparison of several policies, the newest of each name. */
function byRequest(site: SiteData, experiment: Experiment): Content {
  const newest = new Set(newestOfEachName(experiment.comparisons));
  return experiment.comparisons
    .filter(({ value }) => newest.has(value) && policiesOf(value).length > 1)
    .flatMap((comparison): Content => {
      const figure = ecdfFigure(reportDataOf(site, comparison));
      if (figure === undefined) return [];
      const { name, question } = comparison.value;
      const [id, title] = [`distributions-${comparison.id}`, `Latencies of requests: ${name}`];
      const source = sourcesLine([comparison.value]);
      return [
        heading(experiment, comparison.id, question ?? name),
        { figure: { ...figure, id, title }, source },
      ];
    });
}

function heading(experiment: Experiment, id: string, question: string): Mark {
  const href = linkTo(HERE, experimentPath(experiment));
  return h(
    'section',
    { class: 'entry', 'aria-labelledby': `about-${id}` },
    h('h2', { id: `about-${id}` }, h('a', { href }, titleOf(experiment))),
    question === titleOf(experiment) ? null : h('p', { class: 'question' }, question),
  );
}
