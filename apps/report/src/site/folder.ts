import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Names the file that marks a folder as a site which was made from results. */
export const SITE_FILE = 'site.json';

/** A folder on disk that results are looked for in. */
export interface Folder {
  readonly path: string;
  /** From the parent of the folder that was given, with `/`: how a page names it. */
  readonly shown: string;
  /** Names of what is in it, sorted, numbers by their size; hidden ones are left out. */
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/** 'up-to-512' before 'up-to-1024'. */
const byName = new Intl.Collator('en', { numeric: true });

/** Lists a folder. Throws what the file system throws. */
export function openFolder(path: string, shown = basename(path)): Folder {
  const entries = readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
    .sort((a, b) => byName.compare(a.name, b.name) || (a.name < b.name ? -1 : 1));
  return {
    path,
    shown,
    files: entries.flatMap((entry) => (entry.isFile() ? [entry.name] : [])),
    folders: entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])),
  };
}

/** Its folders, opened. */
export function childrenOf(folder: Folder): Folder[] {
  return folder.folders.map((name) =>
    openFolder(join(folder.path, name), `${folder.shown}/${name}`),
  );
}

/** Is it a run's own folder, with its trace? */
export function isRun({ files }: Folder): boolean {
  return files.includes('manifest.json') && files.includes('trace.jsonl');
}

/** Formats of the files of a run: without the trace they say nothing that a comparison does not. */
export const RUN_FORMATS: readonly string[] = ['flover-run', 'flover-metrics'];

/** Does an experiment live here? One has its YAML file, its `results`, or is a comparison's folder. */
export function isHome({ files, folders }: Folder): boolean {
  const isYaml = (file: string) => file.endsWith('.yaml') || file.endsWith('.yml');
  return files.some(isYaml) || folders.includes('results') || files.includes('comparison.json');
}

/** Was it made by us from other folders? */
export function isSite({ path, files }: Folder): boolean {
  if (!files.includes(SITE_FILE)) return false;
  try {
    return JSON.parse(readFileSync(join(path, SITE_FILE), 'utf8')).format === 'flover-site';
  } catch {
    return false;
  }
}
