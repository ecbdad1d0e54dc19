import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from './make-folder.ts';

let around: string;
beforeEach(() => {
  around = mkdtempSync(join(tmpdir(), 'flover-folder-'));
});
afterEach(() => rmSync(around, { recursive: true }));

describe('a folder', () => {
  it('is made with those around it, and may be there already', () => {
    const deep = join(around, 'a', 'b', 'c');
    makeFolder(deep);
    makeFolder(deep);
    expect(statSync(deep).isDirectory()).toBe(true);
  });

  it('is refused below a file and in its place', () => {
    const file = join(around, 'file');
    writeFileSync(file, '');
    expect(() => makeFolder(join(file, 'below'))).toThrow(/ENOTDIR.*file\/below/);
    expect(() => makeFolder(file)).toThrow(/EEXIST/);
  });

  // The kernel makes what is in there; Node's own recursive mkdir tries again for ever.
  it.runIf(existsSync('/proc/self'))('is refused below /proc, and that ends', () => {
    expect(() => makeFolder('/proc/flover/results')).toThrow('/proc takes no folders');
  });
});
