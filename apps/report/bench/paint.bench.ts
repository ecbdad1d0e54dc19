// First contentful paint of the site of all committed results, from disk and from a static server,
// beside the promise of 1 s. A new browser context for each load: nothing is cached.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { buildSite } from '../src/index.ts';
import { browserCode, executablePath, launchChromium, serve } from '../test/support/chromium.ts';
import { largestOfEachKind } from './largest.ts';

const PROMISE_MS = 1000;
const LOADS = 5;

if (!executablePath) {
  console.log('No Chromium found: nothing is measured (FLOVER_CHROMIUM).');
  process.exit(0);
}

const experiments = fileURLToPath(new URL('../../../experiments', import.meta.url));
const out = mkdtempSync(join(tmpdir(), 'flover-paint-'));
const startMs = performance.now();
const site = buildSite({ folders: [experiments], out, browserCode: await browserCode() });
const buildSeconds = (performance.now() - startMs) / 1000;
console.log(
  `${site.pages} pages of ${site.experiments} experiments and ${site.runs} runs, ` +
    `${(site.bytes / 1e6).toFixed(2)} MB, built in ${buildSeconds.toFixed(1)} s`,
);

const browser = await launchChromium();
const { server, origin } = await serve(out);
console.log(
  `${'page'.padEnd(44)} ${'KB'.padStart(6)}   disk ms  server ms   share of ${PROMISE_MS} ms`,
);
for (const path of largestOfEachKind(out)) {
  const disk = await paintMs(browser, pathToFileURL(join(out, path)).href);
  const host = await paintMs(browser, `${origin}/${path}`);
  const kilobytes = statSync(join(out, path)).size / 1000;
  const name = path.length > 44 ? `${path.slice(0, 41)}...` : path;
  const share = (100 * Math.max(disk, host)) / PROMISE_MS;
  console.log(
    `${name.padEnd(44)} ${kilobytes.toFixed(0).padStart(6)} ${disk.toFixed(0).padStart(9)} ` +
      `${host.toFixed(0).padStart(10)} ${share.toFixed(0).padStart(15)} %`,
  );
}
await browser.close();
server.close();
rmSync(out, { recursive: true });

/** Median over loads, milliseconds from the start of the navigation. */
async function paintMs(browser: Browser, url: string): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < LOADS; i++) {
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
    const page = await context.newPage();
    await page.goto(url);
    times.push(
      await page.evaluate(
        () =>
          new Promise<number>((done) => {
            new PerformanceObserver((list) => {
              const [paint] = list.getEntriesByName('first-contentful-paint');
              if (paint) done(paint.startTime);
            }).observe({ type: 'paint', buffered: true });
          }),
      ),
    );
    await context.close();
  }
  return times.sort((a, b) => a - b)[Math.floor(LOADS / 2)]!;
}
