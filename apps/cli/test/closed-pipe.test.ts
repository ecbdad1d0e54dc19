import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { experimentFile, start, temporaryFolder } from './flover.ts';

/** Runs the command line with a reader that leaves before the first word. */
async function unread(...words: string[]) {
  const { process, finished } = start(...words);
  process.stdout?.destroy();
  return finished;
}

test.each([
  ['--help', 0],
  ['sweep --help', 0],
  ['replay /nowhere/at/all --json', 2],
])('%s, with nobody reading, ends quietly with its own code', async (words, code) => {
  const ended = await unread(...words.split(' '));
  expect(ended.stderr).not.toMatch(/EPIPE|Unhandled/);
  expect(ended.code).toBe(code);
});

test('work whose output nobody reads is done to its end', async () => {
  const folder = temporaryFolder();
  const out = join(folder, 'out');
  const { stderr, code } = await unread('simulate', experimentFile(folder), '-o', out);
  expect(stderr).not.toMatch(/EPIPE|Unhandled/);
  expect(code).toBe(0);
  expect(existsSync(join(out, 'comparison.json'))).toBe(true);
});
