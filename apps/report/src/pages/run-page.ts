import { CATALOG, type MetricsSummary, type MetricValues } from '@flover/metrics';
import { packRun } from '../data/packed-run.ts';
import type { Found, SiteData, SiteRun } from '../data/site-data.ts';
import { runName, runProvenance, runSource } from '../facts/run-facts.ts';
import { runFigure } from '../figures/run-figure.ts';
import { withUnit } from '../marks/format.ts';
import { h, type Mark } from '../marks/mark.ts';
import { factsSection } from './facts-list.ts';
import { homeOf } from './homes.ts';
import { linkTo, type Page } from './page.ts';
import { runPath } from './paths.ts';

/** A page for each run: its slots over time, with batch, queue and KV memory under them. */
export function runPages(site: SiteData): Page[] {
  return site.runs.map((run) => page(site, run));
}

function page(site: SiteData, run: Found<SiteRun>): Page {
  const path = runPath(run);
  const { manifest, metrics, detail } = run.value;
  const figure = runFigure(runName(run.value), detail, metrics?.values);
  return {
    path,
    title: runName(run.value),
    content: [
      breadcrumb(site, run, path),
      ...(detail.outcome === 'complete'
        ? []
        : [h('p', { class: 'warning' }, stopped(detail.outcome))]),
      { figure, source: runSource(manifest) },
      ...(metrics ? [metricsSection(metrics)] : []),
      factsSection('provenance', 'Provenance', runProvenance(run.value)),
    ],
    data: packRun(detail),
  };
}

function stopped(outcome: 'cancelled' | 'failed'): string {
  return outcome === 'cancelled'
    ? 'The run was cancelled; what it had done is here.'
    : 'The run failed or was cut off; what it had done is here.';
}

/** The way back, and across to the same cell in the other world. */
function breadcrumb(site: SiteData, run: Found<SiteRun>, path: string): Mark {
  const home = homeOf(site, run);
  const others = site.runs.filter(({ id, value }) => {
    const { comparison, label, manifest } = value;
    const ours = run.value;
    return (
      id !== run.id &&
      comparison !== undefined &&
      comparison.id === ours.comparison?.id &&
      label === ours.label &&
      manifest.seed === ours.manifest.seed
    );
  });
  return h(
    'p',
    { class: 'kicker' },
    h('a', { href: linkTo({ path }, home.path) }, home.title),
    others.map((other) => [
      ' · the same, ',
      h(
        'a',
        { href: linkTo({ path }, runPath(other)) },
        other.value.manifest.world === 'engine' ? 'real' : 'simulated',
      ),
    ]),
  );
}

const SHOWN = [
  ...['ttftMsP50', 'ttftMsP99', 'tpotMsP50', 'tpotMsP99', 'e2eMsP50', 'e2eMsP99'],
  ...['requestsServed', 'makespanSeconds', 'requestsPerSecond', 'generatedTokensPerSecond'],
  ...['goodputRequestsPerSecond', 'iterations', 'batchRowsMean', 'overlap', 'deadRowShare'],
  ...['kvReservedBytesPeak', 'kvUsedShare', 'movedBytes', 'preemptions'],
];

function metricsSection({ values }: MetricsSummary): Mark {
  const facts = CATALOG.filter(({ key }) => SHOWN.includes(key)).flatMap(({ key, label, unit }) => {
    const value = (values as MetricValues)[key];
    return value === null || value === undefined ? [] : [[label, withUnit(value, unit)] as const];
  });
  return factsSection('metrics', 'Metrics', facts);
}
