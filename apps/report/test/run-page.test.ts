import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildSite } from '../src/index.ts';
import { tinyResults } from '../src/testing/tiny-site.ts';
import { browserCode, complaintsOf, executablePath, launchChromium } from './support/chromium.ts';

describe.skipIf(!executablePath)('the page of a run in Chromium', () => {
  const out = mkdtempSync(join(tmpdir(), 'flover-site-'));
  const results = tinyResults();
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let url: string;

  beforeAll(async () => {
    buildSite({ folders: [join(results, 'alone')], out, browserCode: await browserCode() });
    const [run] = readdirSync(join(out, 'runs'));
    url = pathToFileURL(join(out, 'runs', run!)).href;
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    complaints = complaintsOf(page);
  }, 60_000);

  beforeEach(async () => {
    await page.goto(url);
  });

  afterAll(async () => {
    expect(complaints).toEqual([]);
    await browser?.close();
    for (const folder of [out, results]) rmSync(folder, { recursive: true });
  });

  const spans = (phase = '') => page.locator(`#run-chart .spans .span${phase}`);
  const axis = () => page.locator('#run-chart .gantt .tick text').allTextContents();
  const lines = () =>
    page
      .locator('#run-chart [clip-path] .step-line')
      .evaluateAll((all) => all.map((l) => l.getAttribute('d')));
  const drag = async (selector: string, from: number, to: number) => {
    const target = page.locator(selector);
    await target.scrollIntoViewIfNeeded();
    const box = (await target.boundingBox())!;
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * from, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * to, y, { steps: 4 });
    await page.mouse.up();
  };

  test('the marks that the trace demands, each phase told apart', async () => {
    expect(await spans().count()).toBe(11);
    const counts = ['prefill', 'decode', 'move', 'idle'].map((phase) => spans(`.${phase}`).count());
    expect(await Promise.all(counts)).toEqual([3, 5, 1, 2]);
    const look = (phase: string) =>
      spans(`.${phase}`)
        .first()
        .evaluate((span) => [
          span.tagName,
          getComputedStyle(span).fill,
          span.getAttribute('height'),
        ]);
    const looks = await Promise.all(['prefill', 'decode', 'move', 'idle'].map(look));
    expect(new Set(looks.map(String)).size).toBe(4);
  });

  test('hovering a span names its request, and shows where else it is', async () => {
    await spans('.idle').last().hover();
    expect(await page.locator('#tip').textContent()).toContain('Request 1 waits in its slot');
    const same = await page
      .locator('.span.same')
      .evaluateAll((all) => all.map((span) => span.getAttribute('data-request')));
    expect(same.length).toBeGreaterThan(2);
    expect(new Set(same)).toEqual(new Set(['1']));
    await page.mouse.move(2, 2);
    expect(await page.locator('#tip').isHidden()).toBe(true);
  });

  test('brushing the strip zooms all charts, and a click on it shows the whole again', async () => {
    const whole = [await axis(), await lines()];
    await drag('#run-overview .brush .overlay', 0.8, 0.99);
    await expect.poll(() => spans().count()).toBe(6);
    expect(await axis()).not.toEqual(whole[0]);
    const zoomed = await lines();
    expect(zoomed).toHaveLength(5);
    for (const [i, line] of zoomed.entries()) expect(line).not.toBe(whole[1]![i]);
    const strip = (await page.locator('#run-overview .brush .overlay').boundingBox())!;
    await page.mouse.click(strip.x + strip.width * 0.2, strip.y + strip.height / 2);
    await expect.poll(() => spans().count()).toBe(11);
    expect([await axis(), await lines()]).toEqual(whole);
  });

  test('dragging over the lower panels zooms, and the strip shows where', async () => {
    await drag('#run-chart .reader', 0.8, 0.99);
    await expect.poll(() => spans().count()).toBe(6);
    const selection = (await page.locator('#run-overview .selection').boundingBox())!;
    const strip = (await page.locator('#run-overview .overlay').boundingBox())!;
    expect((selection.x - strip.x) / strip.width).toBeCloseTo(0.8, 1);
    expect(selection.width / strip.width).toBeCloseTo(0.19, 1);
  });

  test('pointing at a panel reads the time off', async () => {
    const reader = page.locator('#run-chart .reader');
    await reader.scrollIntoViewIfNeeded();
    const box = (await reader.boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.53, box.y + 10);
    // 53 % of 12.2 ms: the first decode iteration, of both sequences.
    expect(await page.locator('#tip').textContent()).toMatch(
      /^0\.0065 s: iteration of 2 rows, 1 ms; 2 sequences, 1 waiting; 200 B of 2 KiB KV used$/,
    );
    const seen = page.locator('.cursor').evaluate((line) => getComputedStyle(line).visibility);
    expect(await seen).toBe('visible');
  });

  test('buttons zoom and pan, arrow keys walk along the spans', async () => {
    await spans().first().focus();
    await page.keyboard.press('End');
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    expect(await focused()).toContain('Request 1');
    await page.keyboard.press('Home');
    expect(await focused()).toContain('Request 0 is prefilled');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('#tip').textContent()).toBe(await focused());
    await page.click('#zoom-in');
    await expect.poll(() => spans().count()).toBeLessThan(11);
    const middle = await axis();
    await page.click('#pan-right');
    await expect.poll(axis).not.toEqual(middle);
    await page.click('#zoom-reset');
    await expect.poll(() => spans().count()).toBe(11);
  });
});
