import type { Comparison } from '@flover/metrics';
import { expect, test } from 'vitest';
import type { SiteData } from '../data/site-data.ts';
import { html } from '../marks/html.ts';
import type { Mark } from '../marks/mark.ts';
import { tinyReport } from '../testing/tiny-comparison.ts';
import { tinyPublished, tinySite } from '../testing/tiny-data.ts';
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

test('a page begins with its own runs beside the publication, and names older results last', () => {
  const older = ran('tiny-real-1', { requests: 1, arrivals: constant }, '2026-01-01');
  const [page] = experimentPages(siteOf([[OLD, older], ...all]));
  const figures = page!.content.filter((part): part is PlacedFigure => 'figure' in part);
  expect(figures[0]!.figure.id).toBe('shape-requests');
  const xs = figures[0]!.figure.table.rows
    .filter(([, , , world]) => world === 'real')
    .map(([, x]) => x);
  expect([...new Set(xs)]).toEqual([1, 2, 4]);
  const text = page!.content.map((part) => ('tag' in part ? html(part as Mark) : '')).join('');
  const [newest, earlier] = text.split('<details>') as [string, string];
  expect(newest.match(/>tiny-real-1</g)).toHaveLength(1);
  expect(earlier).toMatch(/Earlier results: .*>tiny-real-1</);
  expect(earlier).not.toContain('tiny-real-2');
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
