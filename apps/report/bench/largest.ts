import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Pages of a site: those in its root, and the largest of each folder. */
export function largestOfEachKind(site: string): string[] {
  const pages = (readdirSync(site, { recursive: true }) as string[])
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.html'));
  const kinds = new Map<string, string[]>();
  for (const path of pages) {
    const kind = path.includes('/') ? path.slice(0, path.indexOf('/')) : path;
    kinds.set(kind, [...(kinds.get(kind) ?? []), path]);
  }
  const size = (path: string) => statSync(join(site, path)).size;
  return [...kinds.values()].map((list) => list.sort((a, b) => size(b) - size(a))[0]!);
}
