import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { expect, test } from 'vitest';
import { tinyResults, tinyValidation, writeRun } from '../testing/tiny-site.ts';
import { buildSite } from './build-site.ts';

const results = tinyResults();
const out = join(mkdtempSync(join(tmpdir(), 'flover-out-')), 'site');
const summary = buildSite({ folders: [results], out, browserCode: '/* code */' });
const files = () =>
  (readdirSync(out, { recursive: true }) as string[])
    .filter((name) => /\.\w+$/.test(name))
    .map((name) => name.replaceAll('\\', '/'));
const read = (path: string) => readFileSync(join(out, path), 'utf8');
const pages = files().filter((path) => path.endsWith('.html'));

test('every kind of result is found by what it says of itself', () => {
  expect(summary).toMatchObject({ experiments: 4, runs: 9, index: join(out, 'index.html') });
  // Front page, parity and its causes, policies, published, methods, glossary; an experiment each, two of them with
  // policies side by side, two comparisons of the first, runs.
  expect(pages).toHaveLength(7 + 4 + 2 + 2 + 9);
  expect(summary.pages).toBe(pages.length);
});

test('a file that cannot be read is told, and costs nothing else', () => {
  expect(summary.problems).toHaveLength(1);
  expect(summary.problems[0]!.path).toMatch(/01-tiny\/results\/broken\.json$/);
  expect(read('index.html')).toContain('broken.json');
});

test('files of another version, or without what their format promises, are told too', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flover-odd-'));
  const write = (name: string, value: object) =>
    writeFileSync(join(folder, name), JSON.stringify(value));
  write('comparison.json', { format: 'flover-comparison', version: 2, cells: [] });
  write('sweep.json', { format: 'flover-sweep', version: 1 });
  write('validation.json', tinyValidation());
  write('package.json', { name: 'not ours' });
  const { problems } = buildSite({ folders: [folder], out: join(dirname(out), 'odd') });
  expect(problems.map(({ message }) => message)).toEqual([
    'version 2 of flover-comparison is not known; 1 is',
    "flover-sweep has no list 'points'",
  ]);
});

test('no link leads nowhere, and none leaves the site', () => {
  let links = 0;
  for (const page of pages) {
    const text = read(page);
    const anchors = new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    for (const [, link] of text.matchAll(/ (?:href|src)="([^"]+)"/g)) {
      if (link === 'data:,') continue;
      links++;
      if (link!.startsWith('#')) expect(anchors, `${page} ${link}`).toContain(link!.slice(1));
      else {
        const [target, anchor] = posix.join(dirname(page), link!).split('#');
        expect(existsSync(join(out, target!)), `${page} leads to ${link}`).toBe(true);
        if (anchor) expect(read(target!), `${page} leads to ${link}`).toContain(` id="${anchor}"`);
      }
    }
  }
  expect(links).toBeGreaterThan(100);
});

test('every page can be reached from the front page', () => {
  const reached = new Set(['index.html']);
  for (const page of reached) {
    for (const [, link] of read(page).matchAll(/<a [^>]*href="([^"#]+\.html)(?:#[^"]*)?"/g)) {
      reached.add(posix.join(dirname(page), link!));
    }
  }
  expect([...reached].sort()).toEqual([...pages].sort());
});

test('ids are unique on a page', () => {
  for (const page of pages) {
    const ids = [...read(page).matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(ids, page).toEqual([...new Set(ids)]);
  }
});

test('every figure states a number, names its source, and has its data as a table and a file', () => {
  let figures = 0;
  for (const page of pages) {
    for (const figure of read(page).split('<figure ').slice(1)) {
      figures++;
      expect(/<p class="finding"[^>]*>(.*?)<\/p>/.exec(figure)![1]).toMatch(/\d|one|two|three/);
      expect(figure).toMatch(/commit 0123[0-9a-f]+ · (seed 1|3 seeds)/);
      const whole = /<a href="([^"]+)#([^"]+)" aria-label="Data of the figure/.exec(figure);
      const at =
        whole && read(posix.join(dirname(page), whole[1]!)).split(`<figure id="${whole[2]}"`);
      expect(at?.[1]?.split('</figure>')[0] ?? figure).toContain('<table class="data">');
      const csv = /class="download" href="([^"]+)"/.exec(figure)![1]!;
      const rows = read(posix.join(dirname(page), csv))
        .trim()
        .split('\n');
      expect(rows.length).toBeGreaterThan(1);
    }
  }
  expect(figures).toBeGreaterThan(20);
});

test('what its authors wrote stands around the figures of an experiment', () => {
  const page = read('experiments/01-tiny.html').replace(
    /<details class="contents">.*?<\/details>/s,
    '',
  );
  const order = [
    'Is the site right?',
    'Does every page',
    '<figure',
    'What went wrong',
    'Nothing &amp;',
  ];
  const places = order.map((text) => page.indexOf(text));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places[0]).toBeGreaterThan(0);
  expect(page).not.toContain('nowhere.md');
});

test('a commit that the run did not know is read from its folder', () => {
  const page = pages.find((path) => /comparisons\/.*tiny-3/.test(path))!;
  expect(read(page)).toContain('commit 0123abcd ');
});

test('a site is made again over itself, and forgets what is gone', () => {
  const again = join(dirname(out), 'again');
  buildSite({ folders: [results], out: again });
  expect(existsSync(join(again, 'experiments/02-sweep.html'))).toBe(true);
  buildSite({ folders: [join(results, 'alone')], out: again });
  expect(existsSync(join(again, 'experiments/02-sweep.html'))).toBe(false);
  expect(existsSync(join(again, 'experiments/alone.html'))).toBe(true);
});

test('the same folders give the same bytes', () => {
  const twin = join(dirname(out), 'twin');
  buildSite({ folders: [results], out: twin, browserCode: '/* code */' });
  for (const path of files()) expect(readFileSync(join(twin, path), 'utf8')).toBe(read(path));
});

test('a site inside the folder that it is made from is no result', () => {
  buildSite({ folders: [join(results, 'alone')], out: join(results, 'alone', 'site') });
  const twice = buildSite({
    folders: [join(results, 'alone')],
    out: join(results, 'alone', 'site'),
  });
  expect(twice.runs).toBe(1);
});

test('runs without their traces leave the comparison that they were part of', () => {
  const bare = tinyResults();
  for (const path of readdirSync(bare, { recursive: true }) as string[]) {
    if (path.endsWith('trace.jsonl')) rmSync(join(bare, path));
  }
  const where = join(dirname(out), 'traceless');
  const { runs, problems, pages: count } = buildSite({ folders: [bare], out: where });
  expect([runs, problems.length, count]).toEqual([0, 1, 7 + 3 + 2]);
  const page = readFileSync(join(where, 'experiments/01-tiny.html'), 'utf8');
  expect(page).not.toMatch(/manifest\.json|metrics\.json/);
});

test('a run that was killed shows what it had done', () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'flover-cut-')), 'run');
  writeRun(folder, {}, { world: 'engine' });
  const trace = join(folder, 'trace.jsonl');
  const text = readFileSync(trace, 'utf8');
  rmSync(join(folder, 'metrics.json'));
  const shown = (part: string) => {
    writeFileSync(trace, part);
    const where = join(dirname(out), 'cut');
    expect(buildSite({ folders: [folder], out: where }).problems).toEqual([]);
    return readFileSync(join(where, 'runs/run.html'), 'utf8');
  };
  const half = shown(text.slice(0, text.length / 2));
  expect(half).toContain('was cut off; what it had done is here');
  expect(half.match(/data-request/g)!.length).toBeGreaterThan(1);
  const nothing = shown(text.slice(0, text.indexOf('\n') + 1));
  expect(nothing).toContain('0 iterations ran.');
  expect(nothing).not.toMatch(/NaN|Infinity/);
});

test('mistakes are told with what to do', () => {
  const empty = mkdtempSync(join(tmpdir(), 'flover-empty-'));
  const make = (folders: string[], where = join(empty, 'site')) => {
    try {
      return buildSite({ folders, out: where }) && 'nothing';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  expect(make([join(empty, 'missing')])).toBe('report-folder-missing');
  expect(make([empty])).toBe('report-nothing-found');
  mkdirSync(join(empty, 'full'));
  writeFileSync(join(empty, 'full', 'thesis.txt'), 'mine');
  expect(make([results], join(empty, 'full'))).toBe('report-out-in-use');
  expect(readFileSync(join(empty, 'full', 'thesis.txt'), 'utf8')).toBe('mine');
});
