import type { Comparison } from '@flover/metrics';
import { expect, test } from 'vitest';
import type { SiteData } from '../data/site-data.ts';
import { toldOfEachName } from '../facts/both-worlds.ts';
import { html } from '../marks/html.ts';
import type { Mark } from '../marks/mark.ts';
import { tinyReport } from '../testing/tiny-comparison.ts';
import { tinyPublished, tinySite } from '../testing/tiny-data.ts';
import { tinySweep } from '../testing/tiny-site.ts';
import { experimentPages } from './experiment-page.ts';
import { comparisonsFigures } from './lead-figure.ts';
import type { PlacedFigure } from './page.ts';

const tiny = tinyReport().comparison;
const constant = { kind: 'constant', intervalMs: 500 };
const NEW = 'tiny/results/gpu/20260102-000000-abcdef1';
const OLD = 'tiny/results/gpu/20260101-000000-abcdef0';

function ran(name: string, workload: object, createdAt = '2026-01-02'): Comparison {
  return { ...tiny, name, createdAt, workload: workload as Comparison['workload'] };
}

/** One experiment whose comparisons lie where they are said to. */
function siteOf(at: readonly (readonly [folder: string, comparison: Comparison])[]): SiteData {
  const site = tinySite({
    comparisons: at.map(([, comparison]) => comparison),
    published: [tinyPublished()],
  });
  const [experiment] = site.experiments;
  const comparisons = experiment!.comparisons.map((found, i) => {
    return { ...found, path: `${at[i]![0]}/${found.value.name}` };
  });
  return { ...site, experiments: [{ ...experiment!, comparisons }] };
}

const row = [1, 2, 4].map((requests) =>
  ran(`tiny-real-${requests}`, { requests, arrivals: constant }),
);
const others = [
  ran('tiny-poisson', { requests: 9, arrivals: { kind: 'poisson', requestsPerSecond: 3 } }),
];
const all = [...row, ...others].map((comparison) => [NEW, comparison] as const);

test('a row of comparisons among others is drawn over its number, and all of them row by row', () => {
  const [experiment] = siteOf(all).experiments;
  const placed = comparisonsFigures(experiment!, tinyReport().signs);
  expect(placed.map(({ figure }) => figure.id)).toEqual(['series', 'comparisons-figure']);
  const numbers = placed[0]!.figure.table.rows.map(([x]) => x);
  expect([...new Set(numbers)]).toEqual([1, 2, 4]);
  const names = placed[1]!.figure.table.rows.map(([name]) => String(name).split(',')[0]);
  expect([...new Set(names)]).toEqual(['real-1', 'real-2', 'real-4', 'poisson']);
});

test('what is left of names that share all but a number keeps the word before it', () => {
  const named = ['tiny-65b-8', 'tiny-65b-up-to-256'].map((name, i) => {
    const output = { kind: ['fixed', 'uniform'][i] };
    return [NEW, ran(name, { requests: 8 * (i + 1), output })] as const;
  });
  const [placed] = comparisonsFigures(siteOf(named).experiments[0]!, tinyReport().signs);
  const names = placed!.figure.table.rows.map(([name]) => String(name).split(',')[0]);
  expect([...new Set(names)]).toEqual(['65b-8', '65b-up-to-256']);
});

/** Ids of figures and headings in the order in which a page has them. */
function orderOf(site: SiteData): string[] {
  const [page] = experimentPages(site);
  return page!.content.flatMap((part) => {
    if ('figure' in part) return [part.figure.id];
    const heading = part.children.find((child) => typeof child !== 'string' && child.tag === 'h2');
    return typeof heading === 'object' ? [String(heading.attributes.id)] : [];
  });
}

const readme = (headings: readonly string[]) =>
  headings.map((heading) => `## ${heading}\n\nText.\n`).join('\n');
const TEXT = readme(['Question', 'Predicted, before anything ran', 'Run', 'Results']);
const withText = (site: SiteData): SiteData => ({
  ...site,
  experiments: site.experiments.map((experiment) => ({ ...experiment, readme: TEXT })),
});

test('a page asks, answers, says how right it was predicted, and then the rest', () => {
  const older = ran('tiny-real-1', { requests: 1, arrivals: constant }, '2026-01-01');
  expect(orderOf(withText(siteOf([[OLD, older], ...all])))).toEqual([
    'text-question',
    ...['part-found', 'series', 'comparisons-figure'],
    ...['part-prediction', 'text-predicted-before-anything-ran', 'comparisons'],
    ...['part-published', 'shape-requests', 'published-errors'],
    ...['part-detail', 'text-run', 'text-results', 'files'],
  ]);
});

test('a sweep of policies by measured times answers before single runs, one by data sheets after', () => {
  const of = (name: string) => {
    const sweep = { ...tinySweep(), costModels: [{ name, from: 'somewhere' }] };
    return orderOf(withText(tinySite({ comparisons: [row[0]!, others[0]!], sweeps: [sweep] })));
  };
  const measured = of('profile');
  expect(measured.slice(0, 4)).toEqual(['text-question', 'part-found', 'sweep-1', 'sweep-2']);
  expect(measured.indexOf('comparisons-figure')).toBeGreaterThan(
    measured.indexOf('part-prediction'),
  );
  const sheets = of('roofline');
  expect(sheets.slice(0, 3)).toEqual(['text-question', 'part-found', 'comparisons-figure']);
  expect(sheets.indexOf('sweep-1')).toBeGreaterThan(sheets.indexOf('part-detail'));
});

test('one comparison answers with its policies, then tells how right it was', () => {
  const order = orderOf(tinySite({ comparisons: [row[0]!] }));
  expect(order).toEqual([
    ...['part-found', 'summary-title', 'policies', 'distributions'],
    ...['part-prediction', 'requests', 'error', 'parity-title'],
    ...['part-detail', 'runs-title', 'provenance-title'],
  ]);
});

test('a page of results alone has no headings over them', () => {
  expect(orderOf(tinySite({ sweeps: [tinySweep()] }))).toEqual(['sweep-1', 'sweep-2']);
});

test('earlier results are named after those that are drawn', () => {
  const older = ran('tiny-real-1', { requests: 1, arrivals: constant }, '2026-01-01');
  const site = siteOf([[OLD, older], ...all]);
  const [page] = experimentPages(site);
  const text = page!.content.map((part) => ('tag' in part ? html(part as Mark) : '')).join('');
  const [newest, earlier] = text.split('<details>') as [string, string];
  expect(newest.match(/>tiny-real-1</g)).toHaveLength(1);
  expect(earlier).toMatch(/Earlier and other predictions: .*>tiny-real-1</);
  expect(earlier).not.toContain('tiny-real-2');
  const shapes = page!.content.find(
    (part): part is PlacedFigure => 'figure' in part && part.figure.id === 'shape-requests',
  );
  const real = shapes!.figure.table.rows.filter(([, , , world]) => world === 'real');
  expect([...new Set(real.map(([, x]) => x))]).toEqual([1, 2, 4]);
});

test('what was measured in parts is drawn together, each name by its newest run', () => {
  const again = ran('tiny-real-2', { requests: 2, arrivals: constant }, '2026-01-05');
  const LATER = NEW.replace('0102', '0105');
  const [placed] = comparisonsFigures(
    siteOf([...all, [LATER, again]]).experiments[0]!,
    tinyReport().signs,
  );
  const numbers = placed!.figure.table.rows.map(([x]) => x);
  expect([...new Set(numbers)]).toEqual([1, 2, 4]);
});

test('a prediction is no row of its own once its name was measured', () => {
  const { engine: _, ...predicted } = others[0]!;
  const names = (...told: Comparison[]) => {
    const found = tinySite({ comparisons: told }).experiments[0]!.comparisons;
    return toldOfEachName(found).map(({ id }) => id);
  };
  expect(names(predicted, row[0]!)).toEqual(['comparison-0', 'comparison-1']);
  expect(names(predicted, others[0]!, row[0]!)).toEqual(['comparison-1', 'comparison-2']);
});

test('headings that authors used twice are two places to link to', () => {
  const site = siteOf([]);
  const readme = '# Tiny\n\n## Why not?\n\nOne.\n\n## Why not?\n\nTwo.\n';
  const [page] = experimentPages({
    ...site,
    experiments: [{ ...site.experiments[0]!, readme }],
  });
  const text = page!.content.map((part) => ('figure' in part ? '' : html(part))).join('');
  expect([...text.matchAll(/<h2 id="(text-[^"]+)">/g)].map(([, id]) => id)).toEqual([
    'text-why-not',
    'text-why-not-2',
  ]);
});
