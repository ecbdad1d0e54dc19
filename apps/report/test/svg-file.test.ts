import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { executablePath } from './support/chromium.ts';
import { tinySite } from './support/tiny-site.ts';

/** Every shape of a drawing that can be seen: where it is and how it looks. */
const shapesOf = (selector: string) =>
  [...document.querySelectorAll<SVGGraphicsElement>(`${selector} :is(path,rect,line,polygon,use)`)]
    .map((shape) => {
      const style = getComputedStyle(shape);
      const { x, y, width, height } = shape.getBBox();
      const names = ['fill', 'fillOpacity', 'stroke', 'strokeWidth', 'strokeDasharray', 'opacity'];
      const look = names.map((name) => style[name as 'fill']);
      // The place of a use is part of its box, that of a shape with a `transform` is not.
      const [left, top] = ['x', 'y'].map((name) =>
        shape.tagName === 'use' ? Number(shape.getAttribute(name)) : 0,
      );
      const place = [x - left!, y - top!, width, height].map((value) => value.toFixed(1));
      return { hidden: style.visibility === 'hidden', look, place };
    })
    .filter(({ hidden, look }) => {
      const [fill, , stroke] = look;
      return !hidden && (!/^(none|rgba\(0, 0, 0, 0\))$/.test(fill!) || stroke !== 'none');
    })
    .map(({ look, place }) => [...place, ...look].join(' '));

describe.skipIf(!executablePath)('figures as files in Chromium', () => {
  const site = tinySite();
  const take = async (selector: string) => {
    const [download] = await Promise.all([
      site.page.waitForEvent('download'),
      site.page.locator(selector).getByRole('button', { name: 'Download SVG' }).click(),
    ]);
    const path = await download.path();
    return { name: download.suggestedFilename(), path, text: readFileSync(path, 'utf8') };
  };

  const FIGURES = [
    ['tiny-3', 'policies', 'svg.chart'],
    ['tiny-3', 'error', 'svg.chart'],
    ['02-sweep', 'sweep-1', 'svg.chart'],
    ['parity', 'residuals', 'svg.chart'],
    ['engine-temporal-fusion', 'run', 'svg.run'],
  ] as const;

  test.each(FIGURES)('%s, %s: the same shapes in the same colours', async (where, id, drawing) => {
    await site.page.emulateMedia({ colorScheme: 'light' });
    await site.visit(site.one(where));
    const shown = await site.page.evaluate(shapesOf, `#${id} ${drawing}`);
    expect(shown.length).toBeGreaterThan(10);
    const light = await take(`#${id}`);
    expect(light.name).toMatch(new RegExp(`^.*${where}.*\\.${id}\\.svg$`));
    // Nothing in it needs the page: no style sheet, no variable, no script.
    expect(light.text).not.toMatch(/ (class|style|tabindex|role|data-\w+|aria-\w+)=|var\(|<script/);
    const visitor = await site.browser.newPage();
    await visitor.setContent(light.text.replace(/^<\?xml.*\n/, ''));
    const [ground, ...rest] = await visitor.evaluate(shapesOf, 'svg');
    expect(rest).toEqual(shown);
    // White paper below all of it: a viewer may be dark.
    const size = /viewBox="0 0 ([\d.]+ [\d.]+)"/.exec(light.text)![1]!.split(' ').map(Number);
    expect(ground!.split(' ').slice(0, 4).map(Number)).toEqual([0, 0, ...size]);
    expect(ground).toContain('rgb(255, 255, 255)');
    const finding = await site.page.locator(`#${id} .finding`).textContent();
    expect(await visitor.locator('svg > desc').textContent()).toContain(finding);
    const title = await site.page.locator(`#${id} h2`).textContent();
    expect(await visitor.locator('svg > title').textContent()).toBe(title);
    await visitor.close();
    // A dark page gives the drawing for white paper, byte for byte.
    await site.page.emulateMedia({ colorScheme: 'dark' });
    expect((await take(`#${id}`)).text).toBe(light.text);
  });

  test('a file of its own is read as XML, whatever its words', async () => {
    await site.visit(site.one('tiny-3'));
    await site.page.evaluate(() => {
      document.querySelector('#policies h2')!.textContent = 'a < b & "c"';
    });
    const { text } = await take('#policies');
    const root = await site.page.evaluate(
      (file) => new DOMParser().parseFromString(file, 'image/svg+xml').documentElement.tagName,
      text,
    );
    expect(root).toBe('svg');
    expect(text).toContain('<title>a &lt; b &amp; "c"</title>');
    expect(text).toMatch(/<svg [^>]*viewBox="0 0 1040 [\d.]+"[^>]* width="1040" height="[\d.]+"/);
  });

  test('what is zoomed into is what is taken away', async () => {
    await site.visit(site.one('engine-temporal-fusion'));
    const whole = await take('#run');
    await site.page.click('#zoom-in');
    await expect.poll(() => site.page.locator('#run-chart .spans .span').count()).toBeLessThan(11);
    const part = await take('#run');
    expect(part.text).not.toBe(whole.text);
    expect(part.text).not.toContain('cursor');
  });

  test('every figure of a page leads to itself', async () => {
    await site.visit(site.one('tiny-3'));
    await site.page.locator('#error .anchor').click();
    expect(site.page.url()).toMatch(/#error$/);
    expect(await site.page.locator('figure:target').getAttribute('id')).toBe('error');
  });
});
