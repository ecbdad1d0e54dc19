import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { buildSite } from '../../src/index.ts';
import { tinyResults } from '../../src/testing/tiny-site.ts';
import { browserCode, complaintsOf, launchChromium } from './chromium.ts';

/** The tiny site on disk and a page of Chromium. */
export class TinySite {
  readonly folder = mkdtempSync(join(tmpdir(), 'flover-site-'));
  readonly #results = tinyResults();
  browser!: Browser;
  page!: Page;
  complaints: string[] = [];

  async open(): Promise<void> {
    buildSite({ folders: [this.#results], out: this.folder, browserCode: await browserCode() });
    this.browser = await launchChromium();
    this.page = await this.browser.newPage({ viewport: { width: 1200, height: 900 } });
    this.complaints = complaintsOf(this.page);
  }

  async close(): Promise<void> {
    await this.browser?.close();
    for (const folder of [this.folder, this.#results]) rmSync(folder, { recursive: true });
  }

  /** Its pages, below its folder. */
  paths(): string[] {
    const all = readdirSync(this.folder, { recursive: true }) as string[];
    return all.filter((path) => path.endsWith('.html'));
  }

  /** The first page whose path has this part. */
  one(part: string): string {
    return this.paths().find((path) => path.includes(part))!;
  }

  address(path: string): string {
    return pathToFileURL(join(this.folder, path)).href;
  }

  async visit(path: string): Promise<void> {
    await this.page.goto(this.address(path));
  }
}

/** The tiny site for the tests of the block that calls; in the end its page must not have complained. */
export function tinySite(): TinySite {
  const site = new TinySite();
  beforeAll(() => site.open(), 60_000);
  afterAll(async () => {
    const { complaints } = site;
    await site.close();
    expect(complaints).toEqual([]);
  });
  return site;
}
