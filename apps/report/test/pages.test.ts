import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { executablePath } from './support/chromium.ts';
import { tinySite } from './support/tiny-site.ts';

describe.skipIf(!executablePath)('pages over all results in Chromium', () => {
  const site = tinySite();
  const open = (path: string) => site.visit(path);
  const marks = (selector: string) => site.page.locator(selector).count();

  test('every page is one link away from the front page', async () => {
    for (const name of ['Parity', 'Policies', 'Published', 'Methods', 'Glossary']) {
      await open('index.html');
      await site.page.locator('nav').getByRole('link', { name, exact: true }).click();
      expect(await site.page.locator('nav [aria-current]').textContent()).toBe(name);
      expect(await site.page.locator('h1').count()).toBe(1);
    }
  });

  test('parity: a mark a run in every panel, with its interval and its replay', async () => {
    await open('parity.html');
    // Two comparisons of two policies each, seven metrics with an aim.
    expect(await marks('#parity-scatter .point.request use')).toBe(4 * 7);
    expect(await marks('#residuals .panel use')).toBe(4 * 7);
    expect(await marks('#residuals .whisker')).toBe(4 * 7);
    expect(await marks('#replays .replay')).toBe(4);
    expect(await marks('#coverage .panel, #coverage .row')).toBe(8);
  });

  test('parity: what the errors come from is one link away, and leads back', async () => {
    await open('parity.html');
    await site.page.locator('#causes a').first().click();
    expect(site.page.url()).toMatch(/parity\/causes\.html#split$/);
    expect(await marks('#split .panel use')).toBe(4 * 2 * 4);
    expect(await marks('#divergence .panel use')).toBe(4 * 2);
    await site.page.locator('.kicker a').click();
    await site.page.waitForLoadState();
    expect(site.page.url()).toMatch(/parity\.html$/);
  });

  test('hovering a point names its run and its error', async () => {
    await open('parity.html');
    // The last is drawn on top of those that have the same error.
    await site.page.locator('#residuals .panel use').last().hover();
    expect(await site.page.locator('#tip').textContent()).toMatch(
      /^tiny-\d, (temporal-fusion|sequential): Makespan −10\.0 %, interval .* of places$/,
    );
  });

  test('a metric leads to its formula', async () => {
    await open('parity.html');
    await site.page.locator('#aims a').filter({ hasText: 'TPOT mean' }).click();
    expect(site.page.url()).toMatch(/glossary\.html#metric-tpotMsMean$/);
    const row = site.page.locator('tr:has(:target)');
    expect(await row.textContent()).toContain('(E2E − TTFT) / (n − 1)');
  });

  test('policies: a curve a policy in every panel that has data', async () => {
    await open('policies.html');
    expect(await marks('[id^="distributions"] .panel .line')).toBe(3 * 2 * 2);
    await site.page
      .locator('a')
      .filter({ hasText: /more figures? of policies here/ })
      .first()
      .click();
    expect(site.page.url()).toMatch(/policies\/[^/]+\.html$/);
    const panels = await marks('[id^="load-latency"] .panel');
    expect(panels).toBeGreaterThan(0);
    expect(await marks('[id^="load-latency"] .panel .line')).toBe(2 * panels);
  });

  test('published: every number beside its prediction, and its table has them all', async () => {
    await open('published.html');
    expect(await marks('#published-1 .panel use')).toBe(2 * 6);
    expect(await marks('#published-errors :is(use.request,.request use)')).toBe(7);
    // To a browser a download is a page that did not load: it has a visitor of its own.
    const visitor = await site.browser.newPage();
    await visitor.goto(site.page.url());
    await visitor.click('#published-1 summary');
    const [download] = await Promise.all([
      visitor.waitForEvent('download'),
      visitor.click('#published-1 .download'),
    ]);
    const lines = readFileSync((await download.path())!, 'utf8')
      .trim()
      .split('\n');
    expect(lines).toHaveLength(1 + 6);
    expect(lines[1]).toContain('"Flover, time",1 requests,s,10,10,,,0,fitted');
    await visitor.close();
  });
});
