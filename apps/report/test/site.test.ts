import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { seriousProblems } from './support/axe.ts';
import { complaintsOf, executablePath, serve } from './support/chromium.ts';
import { tinySite } from './support/tiny-site.ts';

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
  const site = tinySite();
  const paths = () => site.paths();
  const at = (path: string) => site.address(path);
  const one = (part: string) => site.one(part);

  test('every page loads from disk without a complaint, and has its figures drawn', async () => {
    expect(paths().length).toBeGreaterThan(12);
    for (const path of paths()) {
      await site.page.goto(at(path));
      const figures = await site.page.locator('figure').count();
      expect(await site.page.locator('figure svg.chart').count(), path).toBeGreaterThanOrEqual(
        figures,
      );
      expect(await site.page.locator('h1').count(), path).toBe(1);
    }
    expect(site.complaints).toEqual([]);
  });

  test.each(['light', 'dark'] as const)(
    'axe finds nothing serious, %s',
    async (colorScheme) => {
      await site.page.emulateMedia({ colorScheme });
      // One page of each kind: those of runs and comparisons are many and alike.
      const many = ['comparisons/', 'runs/'];
      const single = paths().filter((path) => !many.some((folder) => path.startsWith(folder)));
      for (const path of [...single, ...many.map(one)]) {
        await site.page.goto(at(path));
        for (const summary of await site.page.locator('summary').all()) await summary.click();
        expect(await seriousProblems(site.page), path).toEqual([]);
      }
      await site.page.emulateMedia({ colorScheme: 'light' });
      expect(site.complaints).toEqual([]);
    },
    120_000,
  );

  test('no text of a drawing is cut off, and none lies on another', async () => {
    let texts = 0;
    for (const path of paths()) {
      await site.page.goto(at(path));
      const { count, faults } = await site.page.evaluate(textFaults);
      expect(faults, path).toEqual([]);
      texts += count;
    }
    expect(texts).toBeGreaterThan(1000);
  });

  test('every page is as wide as a printed sheet, or as a telephone', async () => {
    const widest = () => site.page.evaluate(() => document.documentElement.scrollWidth);
    // A4 less the margins of the style sheet.
    await site.page.setViewportSize({ width: 688, height: 1000 });
    await site.page.emulateMedia({ media: 'print' });
    for (const path of paths()) {
      await site.page.goto(at(path));
      expect(await widest(), `${path} in print`).toBeLessThanOrEqual(688);
    }
    await site.page.setViewportSize({ width: 390, height: 800 });
    await site.page.emulateMedia({ media: 'screen' });
    for (const path of paths()) {
      await site.page.goto(at(path));
      expect(await widest(), `${path} at 390`).toBeLessThanOrEqual(390);
    }
    await site.page.setViewportSize({ width: 1200, height: 900 });
  });

  test('from a static host the same pages load, with nothing asked of anyone else', async () => {
    const { server, origin } = await serve(site.folder);
    const visitor = await site.browser.newPage();
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
    const context = await site.browser.newContext({ javaScriptEnabled: false });
    const plain = await context.newPage();
    await plain.goto(at(one('engine-temporal-fusion')));
    expect(await plain.locator('#run-chart .spans .span').count()).toBe(11);
    expect(await plain.locator('button:visible').count()).toBe(0);
    await plain.click('summary');
    expect(await plain.locator('table.data tbody tr').count()).toBe(3);
    await context.close();
  });

  test('the data of a figure is downloaded with all its digits', async () => {
    // To a browser a download is a page that did not load: it has a visitor of its own.
    const visitor = await site.browser.newPage();
    await visitor.goto(at(one('tiny-3')));
    await visitor.click('#requests summary');
    const [download] = await Promise.all([
      visitor.waitForEvent('download'),
      visitor.click('#requests .download'),
    ]);
    expect(download.suggestedFilename()).toMatch(/tiny-3\.requests\.csv$/);
    const lines = readFileSync((await download.path())!, 'utf8')
      .trim()
      .split('\n');
    expect(lines).toHaveLength(7);
    expect(lines[1]).toBe('temporal-fusion,1,0,2.7,3,3.6,4,6.3,7');
    await visitor.close();
  });

  test('the keyboard alone leads from the front page to a run and to its spans', async () => {
    await site.page.goto(at('index.html'));
    await site.page.keyboard.press('Tab');
    expect(await site.page.locator(':focus').textContent()).toBe('Skip to the content');
    const follow = async (selector: string) => {
      await site.page.locator(selector).first().focus();
      const before = site.page.url();
      await site.page.keyboard.press('Enter');
      await expect.poll(() => site.page.url()).not.toBe(before);
    };
    await follow('main h2 a');
    await follow('#runs a');
    for (let i = 0; i < 40; i++) {
      if (await site.page.locator('.span:focus').count()) break;
      await site.page.keyboard.press('Tab');
    }
    expect(await site.page.locator('#tip').textContent()).toMatch(/^Request \d/);
    await site.page.keyboard.press('Escape');
    expect(await site.page.locator('#tip').isHidden()).toBe(true);
  });

  test('the marks of any chart are reached by keys, each telling its numbers', async () => {
    await site.page.goto(at(one('experiments/02-sweep')));
    const first = site.page.locator('#sweep-1 svg [tabindex="0"]');
    expect(await first.count()).toBe(1);
    await first.focus();
    const tip = () => site.page.locator('#tip').textContent();
    const told = new Set([await tip()]);
    for (let i = 0; i < 5; i++) {
      await site.page.keyboard.press('ArrowRight');
      told.add(await tip());
    }
    expect(told.size).toBe(6);
    for (const text of told) expect(text).toMatch(/^(temporal-fusion|sequential), simulated: .*\d/);
  });

  test('keys go through one panel after the other', async () => {
    await site.page.goto(at('parity.html'));
    const chart = site.page.locator('#residuals svg.chart');
    await chart.locator('[tabindex="0"]').focus();
    const panels: number[] = [];
    const all = await chart.locator('.panel [data-tip]').count();
    for (let i = 0; i < all; i++) {
      panels.push(
        await chart.evaluate((drawing) => {
          const own = document.activeElement!.closest('.panel')!;
          return [...drawing.querySelectorAll('.panel')].indexOf(own);
        }),
      );
      await site.page.keyboard.press('ArrowRight');
    }
    expect(panels).toEqual([...panels].sort((a, b) => a - b));
    expect(new Set(panels).size).toBe(7);
  });

  test('commands wrap where a line ends, and are copied as they were written', async () => {
    await site.page.setViewportSize({ width: 390, height: 800 });
    await site.page.goto(at(one('experiments/01-tiny')));
    const code = site.page.locator('pre');
    const { over, rows, copied } = await code.evaluate((pre) => {
      getSelection()!.selectAllChildren(pre);
      const heights = [...pre.querySelectorAll('.code-line')].map((line) => line.clientHeight);
      const copied = String(getSelection());
      return { over: pre.scrollWidth - pre.clientWidth, rows: heights, copied };
    });
    expect(over).toBe(0);
    expect(rows[0]).toBeGreaterThan(2 * rows[2]!);
    expect(rows[1]).toBe(rows[2]);
    expect(copied.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^flover compare .* has$/),
      '',
      'flover report experiments/01-tiny',
    ]);
    await site.page.setViewportSize({ width: 1200, height: 900 });
  });

  test('on a narrow screen no page is wider than it, and what scrolls is reached by keys', async () => {
    await site.page.setViewportSize({ width: 420, height: 800 });
    for (const path of paths().filter((path) => !path.startsWith('runs/'))) {
      await site.page.goto(at(path));
      expect(await site.page.evaluate(() => document.documentElement.scrollWidth), path).toBe(420);
    }
    await site.page.goto(at(one('runs/')));
    expect(await seriousProblems(site.page)).toEqual([]);
    await site.page.setViewportSize({ width: 1200, height: 900 });
  });

  test('printed, a page has its figures and no controls', async () => {
    await site.page.emulateMedia({ media: 'print' });
    await site.page.goto(at(one('engine-temporal-fusion')));
    expect(await site.page.locator('#run-chart').isVisible()).toBe(true);
    expect(await site.page.locator('#run-controls').isVisible()).toBe(false);
    expect(await site.page.locator('nav').isVisible()).toBe(false);
    await site.page.goto(at(one('experiments/01-tiny')));
    const summary = site.page.locator('summary:visible');
    expect(await summary.count(), 'a closed list prints as nothing').toBe(0);
    const after = site.page.locator('.part').first();
    expect(await after.evaluate((part) => getComputedStyle(part).breakAfter)).toBe('avoid');
    await site.page.emulateMedia({ media: 'screen' });
  });

  test('a figure fits on a printed sheet with its caption', async () => {
    // A4 less the margins of the style sheet, at 96 dots an inch.
    const [width, height] = [688, 1016];
    await site.page.setViewportSize({ width, height });
    await site.page.emulateMedia({ media: 'print' });
    for (const path of paths()) {
      await site.page.goto(at(path));
      const tall = await site.page
        .locator('figure')
        .evaluateAll((figures) => figures.map((figure) => figure.getBoundingClientRect().height));
      expect(Math.max(0, ...tall), path).toBeLessThanOrEqual(height);
    }
    await site.page.emulateMedia({ media: 'screen' });
    await site.page.setViewportSize({ width: 1200, height: 900 });
  });
});
