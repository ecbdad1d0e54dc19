import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportPage } from '../src/index.ts';
import { tinyReport } from '../src/testing/tiny-comparison.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = process.env.FLOVER_CHROMIUM ?? CHROMIUM.find(existsSync);
if (!executablePath) {
  console.warn('No Chromium found: the report page is not tested in a browser (FLOVER_CHROMIUM).');
}

async function browserCode(): Promise<string> {
  const configFile = fileURLToPath(new URL('../vite.config.ts', import.meta.url));
  const result = await build({ configFile, logLevel: 'error', build: { write: false } });
  const [output] = Array.isArray(result) ? result : [result];
  if (!output || !('output' in output)) throw new Error('vite built nothing');
  return output.output[0].code;
}

describe.skipIf(!executablePath)('the page in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flover-report-'));
  const file = join(folder, 'report.html');
  const complaints: string[] = [];
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    writeFileSync(file, reportPage(tinyReport(), await browserCode()));
    const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'];
    browser = await chromium.launch({ executablePath: executablePath!, args });
    page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!/^(file|data|blob):/.test(request.url())) complaints.push(`asked for ${request.url()}`);
    });
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  const open = () => page.goto(pathToFileURL(file).href);
  const spans = (phase = '') => page.locator(`#run-chart .spans .span${phase}`);

  test('loads without a complaint and has the marks of its data', async () => {
    await open();
    expect(await spans().count()).toBe(11);
    expect(await spans('.decode').count()).toBe(5);
    expect(await page.locator('#policies .point.real').count()).toBe(18);
    expect(await page.locator('#requests .point.request').count()).toBe(18);
    expect(complaints).toEqual([]);
  });

  test('hovering a span names its request', async () => {
    await open();
    await spans('.idle').last().hover();
    expect(await page.locator('#tip').textContent()).toContain('Request 1 waits in its slot');
    await page.mouse.move(2, 2);
    expect(await page.locator('#tip').isHidden()).toBe(true);
  });

  test('brushing the strip zooms all charts, and a click on it shows the whole again', async () => {
    await open();
    const overlay = page.locator('#run-overview .brush .overlay');
    await overlay.scrollIntoViewIfNeeded();
    const strip = (await overlay.boundingBox())!;
    const at = (share: number) => strip.x + strip.width * share;
    const y = strip.y + strip.height / 2;
    const axis = () => page.locator('#run-chart .tick text').allTextContents();
    const whole = await axis();
    await page.mouse.move(at(0.8), y);
    await page.mouse.down();
    await page.mouse.move(at(0.99), y, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => spans().count()).toBe(6);
    expect(await axis()).not.toEqual(whole);
    await page.mouse.click(at(0.2), y);
    await expect.poll(() => spans().count()).toBe(11);
    expect(await axis()).toEqual(whole);
  });

  test('another run is chosen, zoomed by buttons and walked by keys', async () => {
    await open();
    await page.selectOption('#run-policy', 'sequential');
    await page.selectOption('#run-world', 'simulated');
    expect(await page.locator('#run-finding').textContent()).toContain('sequential in simulation');
    await expect.poll(() => spans('.decode').count()).toBe(3);
    await spans().first().focus();
    await page.keyboard.press('ArrowRight');
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-tip'));
    expect(await focused()).toContain('Request 0 is decoded');
    expect(await page.locator('#tip').textContent()).toBe(await focused());
    await page.click('#zoom-in');
    await expect.poll(() => spans().count()).toBeLessThan(6);
    await page.click('#zoom-reset');
    await expect.poll(() => spans().count()).toBe(6);
  });

  test('the data of a figure is downloaded with all its digits', async () => {
    await open();
    await page.click('#requests summary');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.click('#requests .download'),
    ]);
    expect(download.suggestedFilename()).toBe('requests.csv');
    const lines = readFileSync((await download.path())!, 'utf8')
      .trim()
      .split('\n');
    expect(lines).toHaveLength(7);
    expect(lines[1]).toBe('temporal-fusion,1,0,2.7,3,3.6,4,6.3,7');
  });

  test.each(['light', 'dark'] as const)('axe finds nothing serious, %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await open();
    for (const summary of await page.locator('summary').all()) await summary.click();
    const source = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
    await page.addScriptTag({ path: source });
    const serious = await page.evaluate(async () => {
      // biome-ignore lint/suspicious/noExplicitAny: axe puts itself into the page.
      const { violations } = await (window as any).axe.run();
      return violations
        .filter(({ impact }: { impact: string }) => ['serious', 'critical'].includes(impact))
        .map(({ id, nodes }: { id: string; nodes: { html: string }[] }) => [id, nodes[0]?.html]);
    });
    expect(serious).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('without its script the page shows the same figures', async () => {
    const plain = join(folder, 'plain.html');
    writeFileSync(plain, reportPage(tinyReport()));
    await page.goto(pathToFileURL(plain).href);
    expect(await spans().count()).toBe(11);
    expect(await page.locator('figure').count()).toBe(5);
  });
});
