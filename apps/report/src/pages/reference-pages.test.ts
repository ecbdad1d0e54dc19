import { fileURLToPath } from 'node:url';
import { CATALOG } from '@flover/metrics';
import { expect, test } from 'vitest';
import { metricFamilies } from '../facts/formulas.ts';
import { WORDS } from '../facts/words.ts';
import { html } from '../marks/html.ts';
import { marksOf } from '../marks/mark.ts';
import { hang } from '../testing/gallery.ts';
import { glossaryMarkdown } from '../testing/glossary-markdown.ts';
import { tinyReport } from '../testing/tiny-comparison.ts';
import { tinySite } from '../testing/tiny-data.ts';
import { tinyValidation } from '../testing/tiny-site.ts';
import { glossaryPages } from './glossary-page.ts';
import { methodsPages } from './methods-page.ts';
import type { Page, PlacedFigure } from './page.ts';

const textOf = ([page]: readonly Page[]) =>
  page!.content.map((part) => ('tag' in part ? html(part) : '')).join('');
const figuresOf = ([page]: readonly Page[]) =>
  page!.content
    .filter((part): part is PlacedFigure => 'figure' in part)
    .map(({ figure }) => figure);

test('every metric of the catalogue has its formula, its unit and an anchor', () => {
  const text = textOf(glossaryPages(tinySite({})));
  for (const { key } of CATALOG) expect(text.split(` id="metric-${key}"`)).toHaveLength(2);
  for (const { formula, metrics } of metricFamilies()) {
    expect(formula.length).toBeGreaterThan(0);
    expect(new Set(metrics.map(({ unit }) => unit)).size).toBe(1);
  }
  for (const [word] of WORDS) expect(text).toContain(`<dt>${word}</dt>`);
});

test('docs/glossary.md says the same as the page', async () => {
  const path = fileURLToPath(new URL('../../../../docs/glossary.md', import.meta.url));
  await expect(glossaryMarkdown()).toMatchFileSnapshot(path);
});

test('a site without results tells its methods all the same', () => {
  const text = textOf(methodsPages(tinySite({})));
  for (const id of ['worlds', 'cost-models', 'parity', 'intervals', 'assumptions', 'rebuild']) {
    expect(text).toContain(`<section id="${id}"`);
  }
  expect(text).toContain('no validation is among these results');
  expect(figuresOf(methodsPages(tinySite({})))).toEqual([]);
});

test('the newest validation of each device', () => {
  const older = { ...tinyValidation(), createdAt: '2025-01-01T00:00:00.000Z', seed: 7 };
  const other = { ...tinyValidation(), device: { name: 'Another processor' } };
  const pages = methodsPages(tinySite({ documents: [tinyValidation(), older, other] }));
  expect(figuresOf(pages).map(({ id, title }) => [id, title])).toEqual([
    ['checks-1', 'A processor'],
    ['checks-2', 'Another processor'],
  ]);
});

test('what a calibration leaves: two marks a kind of work that was measured', async () => {
  const residual = (samples: number, p50Percent: number, p95Percent: number) => ({
    ...{ samples, biasPercent: 0.1, mapePercent: p50Percent, p50Percent, p95Percent },
    maxPercent: 2 * p95Percent,
  });
  const profile = {
    ...{ format: 'flover-profile', version: 2, device: 'A processor', model: 'tiny-model' },
    ...{ dataType: 'f32', worldSize: 1, runs: ['a', 'b'] },
    residuals: {
      decode: residual(100, 1, 3),
      prefill: residual(50, 2, 6),
      moves: residual(0, 0, 0),
    },
  };
  const [figure] = figuresOf(methodsPages(tinySite({ documents: [profile] })));
  expect(marksOf(figure!.drawing, 'row')).toHaveLength(2);
  expect(figure!.finding).toBe(
    'By the times that were measured for the fits, of 100 decode works of tiny-model f32 95 % are ' +
      'within 3.0 % of the fit, with a bias of +0.1 %.',
  );
  await hang('calibration', figure!.drawing);
});

test('the results behind the pages are counted', () => {
  const text = textOf(methodsPages(tinySite({ comparisons: [tinyReport().comparison] })));
  expect(text).toMatch(/experiments\/tiny\.html">tiny<\/a><\/td><td class="number">1<\/td>/);
  // One comparison, no sweep, two real and two simulated runs.
  expect(
    text
      .match(/<td class="number">(\d)<\/td>/g)!
      .join('')
      .replace(/\D/g, ''),
  ).toBe('1022');
});

test('one validation of each device and number of ranks: of the newest, that of most checks', () => {
  const at = (day: number, checks: number, world?: object) => {
    const one = tinyValidation();
    const list = Array.from({ length: checks }, () => one.checks[0]!);
    const createdAt = `2026-01-0${day}T00:00:00.000Z`;
    return { ...one, createdAt, checks: list, ...(world && { world }) };
  };
  const shared = { size: 4, devices: [0, 0, 1, 1] };
  const documents = [at(1, 9), at(2, 2), at(3, 3, shared), at(3, 1, { size: 2 })];
  const [page] = methodsPages(tinySite({ documents }));
  const titles = page!.content.flatMap((part) => ('figure' in part ? [part.figure.title] : []));
  const name = tinyValidation().device.name;
  expect(titles).toEqual([name, `${name}, 4 ranks on 2 devices`, `${name}, 2 ranks`]);
});
