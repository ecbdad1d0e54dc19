import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildSite } from '../src/index.ts';
import { tinyResults } from '../src/testing/tiny-site.ts';
import { seriousProblems } from './support/axe.ts';
import {
  browserCode,
  complaintsOf,
  executablePath,
  launchChromium,
  serve,
} from './support/chromium.ts';

if (!executablePath) {
  console.warn('No Chromium found: the site is not tested in a browser (FLOVER_CHROMIUM).');
}

/** Words and numbers of drawings that reach beyond them, or lie on each other. */
function textFaults() {
  const faults: string[] = [];
  let count = 0;
  for (const drawing of document.querySelectorAll('svg.chart')) {
    const frame = drawing.getBoundingClientRect();
    const texts = [...drawing.querySelectorAll('text')]
      .map((text) => ({ words: text.textContent, box: text.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0)
      .sort((a, b) => a.box.left - b.box.left);
    count += texts.length;
    texts.forEach(({ words, box }, i) => {
      const beyond = [frame.left - box.left, box.right - frame.right, box.bottom - frame.bottom];
      if (Math.max(...beyond) > 1) faults.push(`cut off: ${words}`);
      for (const other of texts.slice(i + 1)) {
        const across = box.right - other.box.left;
        const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        if (across > 1 && down > 3) faults.push(`${words} on ${other.words}`);
      }
    });
  }
  return { count, faults };
}

describe.skipIf(!executablePath)('the site in Chromium', () => {
  const out = mkdtempSync(join(tmpdir(), 'flover-site-'));
  const results = tinyResults();
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  const paths = () =>
    (readdirSync(out, { recursive: true }) as string[]).filter((path) => path.endsWith('.html'));
  const at = (path: string) => pathToFileURL(join(out, path)).href;
  const one = (part: string) => paths().find((path) => path.includes(part))!;

  beforeAll(async () => {
    buildSite({ folders: [results], out, browserCode: await browserCode() });
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    complaints = complaintsOf(page);
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    for (const folder of [out, results]) rmSync(folder, { recursive: true });
  });

  test('every page loads from disk without a complaint, and has its figures drawn', async () => {
    expect(paths().length).toBeGreaterThan(12);
    for (const path of paths()) {
      await page.goto(at(path));
      const figures = await page.locator('figure').count();
      expect(await page.locator('figure svg.chart').count(), path).toBeGreaterThanOrEqual(figures);
      expect(await page.locator('h1').count(), path).toBe(1);
    }
    expect(complaints).toEqual([]);
  });

  test.each(['light', 'dark'] as const)(
    'axe finds nothing serious, %s',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      // One page of each kind: those of runs and comparisons are many and alike.
      const many = ['comparisons/', 'runs/'];
      const single = paths().filter((path) => !many.some((folder) => path.startsWith(folder)));
      for (const path of [...single, ...many.map(one)]) {
        await page.goto(at(path));
        for (const summary of await page.locator('summary').all()) await summary.click();
        expect(await seriousProblems(page), path).toEqual([]);
      }
      await page.emulateMedia({ colorScheme: 'light' });
      expect(complaints).toEqual([]);
    },
    120_000,
  );

  test('no text of a drawing is cut off, and none lies on another', async () => {
    let texts = 0;
    for (const path of paths()) {
      await page.goto(at(path));
      const { count, faults } = await page.evaluate(textFaults);
      expect(faults, path).toEqual([]);
      texts += count;
    }
    expect(texts).toBeGreaterThan(1000);
  });

  test('every page is as wide as a printed sheet, or as a telephone', async () => {
    const widest = () => page.evaluate(() => document.documentElement.scrollWidth);
    // A4 with the margins that Chromium gives it.
    await page.setViewportSize({ width: 718, height: 1000 });
    await page.emulateMedia({ media: 'print' });
    for (const path of paths()) {
      await page.goto(at(path));
      expect(await widest(), `${path} in print`).toBeLessThanOrEqual(718);
    }
    await page.setViewportSize({ width: 390, height: 800 });
    await page.emulateMedia({ media: 'screen' });
    for (const path of paths()) {
      await page.goto(at(path));
      expect(await widest(), `${path} at 390`).toBeLessThanOrEqual(390);
    }
    await page.setViewportSize({ width: 1200, height: 900 });
  });

  test('from a static host the same pages load, with nothing asked of anyone else', async () => {
    const { server, origin } = await serve(out);
    const visitor = await browser.newPage();
    const said = complaintsOf(visitor, new RegExp(`^(${origin}|data:)`));
    for (const path of paths()) {
      const answer = await visitor.goto(`${origin}/${path}`);
      expect(answer!.status()).toBe(200);
    }
    await visitor.goto(`${origin}/`);
    await visitor.click('main h2 a');
    expect(visitor.url()).toContain('/experiments/');
    expect(said).toEqual([]);
    await visitor.close();
    await new Promise((done) => server.close(done));
  });

  test('without scripts every figure is there, and no button that does nothing', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const plain = await context.newPage();
    await plain.goto(at(one('engine-temporal-fusion')));
    expect(await plain.locator('#run-chart .spans .span').count()).toBe(11);
    expect(await plain.locator('button:visible').count()).toBe(0);
    await plain.click('summary');
    expect(await plain.locator('table.data tbody tr').count()).toBe(3);
    await context.close();
  });

  test('the data of a figure is downloaded with all its digits', async () => {
    await page.goto(at(one('tiny-3')));
    await page.click('#requests summary');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.click('#requests .download'),
    ]);
    expect(download.suggestedFilename()).toMatch(/tiny-3\.requests\.csv$/);
    const lines = readFileSync((await download.path())!, 'utf8')
      .trim()
      .split('\n');
    expect(lines).toHaveLength(7);
    expect(lines[1]).toBe('temporal-fusion,1,0,2.7,3,3.6,4,6.3,7');
  });

  test('the keyboard alone leads from the front page to a run and to its spans', async () => {
    await page.goto(at('index.html'));
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe('Skip to the content');
    const follow = async (selector: string) => {
      await page.locator(selector).first().focus();
      const before = page.url();
      await page.keyboard.press('Enter');
      await expect.poll(() => page.url()).not.toBe(before);
    };
    await follow('main h2 a');
    await follow('#runs a');
    for (let i = 0; i < 40; i++) {
      if (await page.locator('.span:focus').count()) break;
      await page.keyboard.press('Tab');
    }
    expect(await page.locator('#tip').textContent()).toMatch(/^Request \d/);
    await page.keyboard.press('Escape');
    expect(await page.locator('#tip').isHidden()).toBe(true);
  });

  test('the marks of any chart are reached by keys, each telling its numbers', async () => {
    await page.goto(at(one('experiments/02-sweep')));
    const first = page.locator('#sweep-1 svg [tabindex="0"]');
    expect(await first.count()).toBe(1);
    await first.focus();
    const tip = () => page.locator('#tip').textContent();
    const told = new Set([await tip()]);
    for (let i = 0; i < 5; i++) {
      await page.keyboard.press('ArrowRight');
      told.add(await tip());
    }
    expect(told.size).toBe(6);
    for (const text of told) expect(text).toMatch(/^(temporal-fusion|sequential), simulated: .*\d/);
  });

  test('on a narrow screen no page is wider than it, and what scrolls is reached by keys', async () => {
    await page.setViewportSize({ width: 420, height: 800 });
    for (const path of paths().filter((path) => !path.startsWith('runs/'))) {
      await page.goto(at(path));
      expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBe(420);
    }
    await page.goto(at(one('runs/')));
    expect(await seriousProblems(page)).toEqual([]);
    await page.setViewportSize({ width: 1200, height: 900 });
  });

  test('printed, a page has its figures and no controls', async () => {
    await page.emulateMedia({ media: 'print' });
    await page.goto(at(one('engine-temporal-fusion')));
    expect(await page.locator('#run-chart').isVisible()).toBe(true);
    expect(await page.locator('#run-controls').isVisible()).toBe(false);
    expect(await page.locator('nav').isVisible()).toBe(false);
    await page.emulateMedia({ media: 'screen' });
  });
});
