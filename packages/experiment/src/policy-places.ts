import { SourceMap } from 'node:module';
import { relative, resolve } from 'node:path';

interface Places {
  readonly folder: string;
  readonly map: SourceMap;
}

/** Of the users' policies that this thread has loaded, by the address that they were loaded from. */
const known = new Map<string, Places>();

/** Keeps the source map of a policy that was bundled from files in `folder`. */
export function rememberPlaces(url: string, folder: string, map: string): void {
  known.set(url, { folder, map: new SourceMap(JSON.parse(map)) });
}

/**
 * Where in a user's own policy an error came from, as `mine.ts:12:7`, or what caused it; undefined
 * where it came from elsewhere.
 */
export function placeInPolicy(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  for (const [url, places] of known) {
    for (const after of (error.stack ?? '').split(`${url}:`).slice(1)) {
      const place = placeOf(places, after);
      if (place !== undefined) return place;
    }
  }
  return placeInPolicy(error.cause);
}

/** Lines of other packages that the bundle has are passed over: the user wrote what called them. */
function placeOf({ folder, map }: Places, after: string): string | undefined {
  const [line, column] = after.split(/[:)\n]/, 2).map(Number);
  const found = map.findEntry(line - 1, column - 1);
  if (!('originalSource' in found)) return undefined;
  const file = relative(folder, resolve(folder, found.originalSource));
  if (file.startsWith('..') || file.includes('node_modules')) return undefined;
  return `${file}:${found.originalLine + 1}:${found.originalColumn + 1}`;
}
