import type { Comparison } from '@flover/metrics';
import { expect, test } from 'vitest';
import type { Experiment, SiteData } from '../data/site-data.ts';
import { signsOf } from '../facts/signs.ts';
import { tinyReport } from '../testing/tiny-comparison.ts';
import { renderSite } from './render-site.ts';

function siteOf(comparison: Comparison, experiment: Partial<Experiment> = {}): SiteData {
  const found = { id: 'tiny', path: 'tiny', experiment: 'tiny', value: comparison };
  const nothing = { runs: [], sweeps: [], published: [], documents: [] };
  const tiny = { id: 'tiny', path: 'tiny', comparisons: [found], ...nothing, ...experiment };
  const signs = signsOf([tiny]);
  return { title: 'Flover', experiments: [tiny], runs: [], problems: [], signs };
}

const pagesOf = (site: SiteData) =>
  renderSite(site, '').files.filter(({ path }) => path.endsWith('.html'));

test('names and texts cannot break a page', () => {
  const hostile = '</script><script>alert("1")</script><img src=x onerror=alert(2)>';
  const cells = tinyReport().comparison.cells.map((cell) => ({ ...cell, label: hostile }));
  const { comparison } = tinyReport({ name: hostile, question: hostile, cells });
  for (const { text } of pagesOf(siteOf(comparison, { readme: `# ${hostile}\n\n${hostile}` }))) {
    expect(text).not.toMatch(/<img|alert\("1"\)/);
    expect(text.match(/<script/g)).toHaveLength(1);
  }
});

test('an experiment that was stopped before its first run says so', () => {
  const { comparison } = tinyReport({ outcome: 'cancelled', cells: [] });
  const page = pagesOf(siteOf(comparison)).find(({ path }) => path === 'experiments/tiny.html');
  expect(page!.text).toContain('stopped before it was complete');
});

test('provenance names the device, the commit, the seeds and the cost model', () => {
  const { comparison } = tinyReport();
  const page = pagesOf(siteOf(comparison)).find(({ path }) => path === 'experiments/tiny.html')!;
  const section = page.text.slice(page.text.indexOf('id="provenance"'));
  for (const text of ['A processor', '0123456789ab', 'profile', 'synthetic · requests 3']) {
    expect(section).toContain(text);
  }
});

test('pages ask for nothing beyond the site', () => {
  for (const { text } of renderSite(siteOf(tinyReport().comparison), '').files) {
    expect(text).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(text).not.toMatch(/url\((?!#)|@import/);
  }
});

test('the head of every metric leads to where the glossary defines it', () => {
  const pages = pagesOf(siteOf(tinyReport().comparison));
  const page = pages.find(({ path }) => path === 'experiments/tiny.html')!;
  const glossary = pages.find(({ path }) => path === 'glossary.html')!;
  const table = /<table class="summary">.*?<\/thead>/s.exec(page.text)![0];
  const links = [...table.matchAll(/href="\.\.\/glossary\.html#([^"]+)"/g)];
  expect(links).toHaveLength(table.match(/class="unit"/g)!.length);
  for (const [, anchor] of links) expect(glossary.text).toContain(`id="${anchor}"`);
});

test('a part of a validation that was still running was interrupted, not failed', () => {
  const outcomes = { build: 'passed', checks: 'failed', validate: 'running', bench: 'skipped' };
  const value = {
    ...{ format: 'flover-gpu-validation', version: 1, createdAt: '2026-01-02', device: 'A GPU' },
    commit: { id: 'abc' },
    parts: Object.fromEntries(Object.entries(outcomes).map(([k, outcome]) => [k, { outcome }])),
  };
  const found = { id: 'v', path: 'v/manifest.json', experiment: 'tiny', value };
  const pages = pagesOf(siteOf(tinyReport().comparison, { documents: [found] }));
  const page = pages.find(({ path }) => path === 'experiments/tiny.html')!;
  const parts = page.text.slice(page.text.indexOf('id="parts"'));
  for (const said of ['✓ passed', '✗ failed', '‖ interrupted', '– skipped']) {
    expect(parts).toContain(`<dd>${said}</dd>`);
  }
});
