import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FloverError } from '@flover/policy';
import { makeFolder } from '@flover/trace';
import { SITE_FILE } from './folder.ts';

/** A file of the site. */
export interface SiteFile {
  /** Within the site, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Writes the files and removes those that only an earlier site had; gives the index's path. */
export function writeSite(out: string, files: readonly SiteFile[]): string {
  const before = earlierFiles(out);
  try {
    const paths = files.map(({ path }) => path);
    const kept = new Set(paths);
    // Named first, so that a site that was cut off is still known as one.
    write(out, SITE_FILE, siteFile([...new Set([...paths, ...before])]));
    for (const { path, text } of files) write(out, path, text);
    for (const path of before) if (!kept.has(path)) rmSync(join(out, path), { force: true });
    write(out, SITE_FILE, siteFile(paths));
  } catch (cause) {
    throw new FloverError(
      'report-unwritable',
      `cannot write to ${out}: ${cause instanceof Error ? cause.message : cause}`,
      'choose a folder that may be written to, with space on its disk',
      cause,
    );
  }
  return join(out, 'index.html');
}

function siteFile(files: readonly string[]): string {
  return `${JSON.stringify({ format: 'flover-site', version: 1, files }, null, 1)}\n`;
}

function write(out: string, path: string, text: string): void {
  const target = join(out, path);
  makeFolder(dirname(target));
  writeFileSync(`${target}.partial`, text);
  renameSync(`${target}.partial`, target);
}

/** The files of the site that is there; throws where something else is. */
function earlierFiles(out: string): readonly string[] {
  const names = list(out);
  if (names.length === 0) return [];
  try {
    const site = JSON.parse(readFileSync(join(out, SITE_FILE), 'utf8'));
    if (site.format === 'flover-site') return (site.files as string[]).filter(isInside);
  } catch {
    // No site: the same as any other folder.
  }
  throw new FloverError(
    'report-out-in-use',
    `${out} holds other files (${names[0]}) and no earlier site`,
    'choose a folder that does not exist yet',
  );
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isInside(path: string): boolean {
  return !path.startsWith('/') && !path.split('/').includes('..');
}
