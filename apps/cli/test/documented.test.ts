import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cellsOf, loadSweep } from '@flover/experiment';
import { beforeAll, expect, test } from 'vitest';
import { flover } from './flover.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
  ...readdirSync(join(root, 'experiments')).map((name) => `experiments/${name}/README.md`),
].filter((page) => page.endsWith('.md') && existsSync(join(root, page)));

/** Every `flover ...` of the pages, in a block of commands or within a sentence. */
const written = pages.flatMap((page) => {
  const text = readFileSync(join(root, page), 'utf8');
  const blocks = [...text.matchAll(/^```(?:sh)?\n([\s\S]*?)^```/gm)].map(([, block]) => block);
  const lines = blocks.flatMap((block) => block!.split('\n'));
  const inline = [...text.matchAll(/`(flover [^`]+)`/g)].map(([, code]) => code!);
  return [...lines.flatMap((line) => /\bflover [a-z].*/.exec(line)?.[0] ?? []), ...inline].map(
    (line) => {
      const [words = '', comment = ''] = line.split(/\s+#\s/);
      return { page, line, words: words.trim().split(/\s+/).slice(1), comment };
    },
  );
});
const helps = new Map<string, string>();

beforeAll(async () => {
  const { stdout } = await flover('--help');
  const names = [...stdout.matchAll(/^ {2}([a-z]+) \[/gm)].map(([, name]) => name!);
  await Promise.all(names.map(async (n) => helps.set(n, (await flover(n, '--help')).stdout)));
}, 60_000);

function isUnderstood([command = '', ...rest]: readonly string[]): boolean {
  const help = helps.get(command);
  const options = rest.flatMap((word) => /^--?[a-z][\w-]*/.exec(word)?.[0] ?? []);
  const known = (option: string) => new RegExp(`(^|[ ,])${option}[ ,]`, 'm').test(help ?? '');
  return help !== undefined && options.every(known);
}

test('what the pages tell to type are commands, with options that these have', () => {
  expect(written.length).toBeGreaterThan(50);
  const strange = written.filter(({ words }) => !isUnderstood(words));
  expect(strange.map(({ page, line }) => `${page}: ${line}`)).toEqual([]);
  for (const wrong of ['simulte x.yaml', 'simulate x.yaml --backend cpu', 'replay x -o y']) {
    expect(isUnderstood(wrong.split(' '))).toBe(false);
  }
});

test('files that they name are there', () => {
  const named = written.flatMap(({ page, words }) =>
    words.filter((word) => /^experiments\/[\w./-]+\.(yaml|ts)$/.test(word)).map((w) => [page, w]),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter(([, path]) => !existsSync(join(root, path!)))).toEqual([]);
});

test('sweeps have as many cells as is said', () => {
  const counted = written.flatMap(({ words: [command, file = ''], comment }) => {
    const cells = /^([\d,]+) cells/.exec(comment)?.[1];
    const plain = command === 'sweep' && /^experiments\/[\w./-]+\.yaml$/.test(file);
    return plain && cells !== undefined ? [{ file, cells: Number(cells.replace(',', '')) }] : [];
  });
  expect(counted.length).toBeGreaterThan(5);
  for (const { file, cells } of counted) {
    const text = readFileSync(join(root, file), 'utf8');
    // Recorded traffic is fetched by whoever wants it.
    const traces = /path: (\S*traces\/[\w.]+)/.exec(text)?.[1];
    if (traces !== undefined && !existsSync(join(root, file, '..', traces))) continue;
    const { settings } = loadSweep(join(root, file));
    const all = settings.reduce((sum, { experiment }) => sum + cellsOf(experiment).length, 0);
    expect([file, all]).toEqual([file, cells]);
  }
});
