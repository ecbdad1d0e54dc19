import { SourceMap, type SourceMapPayload } from 'node:module';
import { relative, resolve } from 'node:path';
import { isRecord, parseJsonLine } from '@flover/workload';

interface Places {
  readonly folder: string;
  /** The file's name, whose lines they are where there is no map. */
  readonly name: string;
  readonly map?: SourceMap;
}

/** Of the users' policies that this thread has loaded, by the address that they were loaded from. */
const known = new Map<string, Places>();

/** Keeps where a policy came from: a file, or the files in its folder that its source map names. */
export function rememberPlaces(
  url: string,
  file: Pick<Places, 'folder' | 'name'>,
  map: string | undefined,
): void {
  known.set(url, { ...file, ...mapOf(map) });
}

/** Nothing where what lies beside a user's own JavaScript is no map: the lines are the file's then. */
function mapOf(text: string | undefined): Pick<Places, 'map'> {
  const map = text === undefined ? undefined : parseJsonLine(text);
  return isRecord(map) ? { map: new SourceMap(map as unknown as SourceMapPayload) } : {};
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
function placeOf({ folder, name, map }: Places, after: string): string | undefined {
  const [line, column] = after.split(/[:)\n]/, 2).map(Number);
  if (map === undefined) return `${name}:${line}:${column}`;
  const found = map.findEntry(line - 1, column - 1);
  if (!('originalSource' in found)) return undefined;
  const file = relative(folder, resolve(folder, found.originalSource));
  if (file.startsWith('..') || file.includes('node_modules')) return undefined;
  return `${file}:${found.originalLine + 1}:${found.originalColumn + 1}`;
}
