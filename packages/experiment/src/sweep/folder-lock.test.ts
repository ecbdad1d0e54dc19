import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { refusalOf } from '../../test/support/refusal.ts';
import { lockFolder } from './folder-lock.ts';

const cwd = fileURLToPath(new URL('../../test/support', import.meta.url));
const temporaryFolder = () => mkdtempSync(join(tmpdir(), 'flover-lock-'));
/** No machine gives this number. */
const DEAD = '999999999\n';

/** A folder whose sweep died. */
function deserted(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'sweep.lock'), DEAD);
  return folder;
}

test('a folder is given back', () => {
  const folder = temporaryFolder();
  const release = lockFolder(folder);
  expect(readFileSync(join(folder, 'sweep.lock'), 'utf8')).toBe(`${process.pid}\n`);
  release();
  expect(existsSync(join(folder, 'sweep.lock'))).toBe(false);
});

test('a lock without a number is being taken, or was left by who died taking it', () => {
  const folder = temporaryFolder();
  const path = join(folder, 'sweep.lock');
  writeFileSync(path, '');
  expect(refusalOf(() => lockFolder(folder)).message).toContain('process unknown');
  utimesSync(path, new Date(0), new Date(0));
  lockFolder(folder)();
  expect(existsSync(path)).toBe(false);
});

test('who died while it took over from a dead one is told of, with what to remove', () => {
  const folder = deserted();
  writeFileSync(join(folder, 'sweep.lock.takeover'), DEAD);
  const { code, hint } = refusalOf(() => lockFolder(folder));
  expect(code).toBe('bad-results-folder');
  expect(hint).toContain('sweep.lock.takeover');
});

test('of several processes that find a dead one at the same time, one takes over', async () => {
  const folders = Array.from({ length: 40 }, deserted);
  const startMs = `${Date.now() + 3000}`;
  const args = ['--import', 'tsx', 'lock-main.ts', startMs, '5', ...folders];
  const children = Array.from({ length: 3 }, () => spawn(process.execPath, args, { cwd }));
  const taken = await Promise.all(
    children.map(
      (child) =>
        new Promise<string[]>((resolve) => {
          child.stdout.on('data', (data) => resolve(String(data).split('\n')));
        }),
    ),
  );
  for (const child of children) child.stdin.end();
  expect(taken.flat().filter(Boolean).toSorted()).toEqual(folders.toSorted());
});
