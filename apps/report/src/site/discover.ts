import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Comparison, PublishedComparison, Sweep } from '@flover/metrics';
import { FloverError } from '@flover/policy';
import type { DetailLimits } from '../data/run-detail.ts';
import type { Experiment, Found, Problem, SiteData, SiteRun } from '../data/site-data.ts';
import { withMarks } from '../facts/oracles.ts';
import { withSharedDevices } from '../facts/ranks.ts';
import { signsOf } from '../facts/signs.ts';
import {
  childrenOf,
  type Folder,
  isHome,
  isRun,
  isSite,
  openFolder,
  RUN_FORMATS,
} from './folder.ts';
import { Names } from './names.ts';
import { readFormatted, readRun } from './read-files.ts';

type Kind = 'comparisons' | 'runs' | 'sweeps' | 'published' | 'documents';
type Draft = { -readonly [K in Kind]: Experiment[K][number][] } & Pick<
  Experiment,
  'id' | 'path' | 'readme'
>;

/**
 * Finds every result below the folders and recognises it by its content.
 *
 * What cannot be read becomes a problem of the site. Throws FloverError 'report-folder-missing' for
 * a folder that cannot be listed.
 */
export function discover(
  folders: readonly string[],
  options: { readonly title: string; readonly limits: DetailLimits },
): SiteData {
  const search = new Search(options.limits);
  for (const folder of folders) search.visit(root(folder));
  return search.site(options.title);
}

function root(folder: string): Folder {
  try {
    return openFolder(resolve(folder));
  } catch (cause) {
    throw new FloverError(
      'report-folder-missing',
      `${folder} cannot be listed: ${cause instanceof Error ? cause.message : cause}`,
      'give folders that runs, comparisons, sweeps or validations were written to',
      cause,
    );
  }
}

class Search {
  readonly #limits: DetailLimits;
  readonly #names = new Names();
  readonly #ids = new Names();
  readonly #drafts = new Map<string, Draft>();
  /** By run folder: the comparison that it belongs to. */
  readonly #owners = new Map<string, Pick<SiteRun, 'comparison' | 'label'>>();
  readonly #seen = new Set<string>();
  readonly #runs: Found<SiteRun>[] = [];
  readonly #problems: Problem[] = [];

  constructor(limits: DetailLimits) {
    this.#limits = limits;
  }

  /** A folder and all below it; a result belongs to the uppermost home above it, else to the top. */
  visit(folder: Folder, top = folder, above?: Folder): void {
    if (isSite(folder) || this.#seen.has(folder.path)) return;
    this.#seen.add(folder.path);
    const home = above ?? (isHome(folder) ? folder : undefined);
    if (isRun(folder)) {
      this.#addRun(folder, home ?? top);
      return;
    }
    for (const name of folder.files.filter((file) => file.endsWith('.json'))) {
      this.#addDocument(folder, name, home ?? top);
    }
    for (const child of childrenOf(folder)) this.visit(child, top, home);
  }

  site(title: string): SiteData {
    const experiments = [...this.#drafts.values()].map((draft) => ({
      ...draft,
      comparisons: draft.comparisons.map((found) => withSharedDevices(found, this.#runs)),
    }));
    const signs = signsOf(experiments);
    return { title, experiments, runs: this.#runs, problems: this.#problems, signs };
  }

  #addDocument(folder: Folder, name: string, home: Folder): void {
    const shown = `${folder.shown}/${name}`;
    const value = readFormatted(join(folder.path, name), shown, this.#complain);
    if (value === undefined || RUN_FORMATS.includes(value.format)) return;
    const draft = this.#draft(home);
    if (value.format === 'flover-comparison') {
      this.#addComparison(folder, name, home, value as unknown as Comparison);
      return;
    }
    const found = this.#found(draft, home, shown);
    if (value.format === 'flover-sweep') {
      draft.sweeps.push({ ...found, value: withMarks(value as unknown as Sweep) });
    } else if (value.format === 'flover-published') {
      draft.published.push({ ...found, value: value as unknown as PublishedComparison });
    } else draft.documents.push({ ...found, value });
  }

  #addComparison(folder: Folder, name: string, home: Folder, read: Comparison): void {
    const draft = this.#draft(home);
    const shown = name === 'comparison.json' ? folder.shown : `${folder.shown}/${name}`;
    const found = this.#found(draft, home, shown);
    const value = withCommit(read, shown);
    draft.comparisons.push({ ...found, value });
    for (const { label, simulated, real } of value.cells) {
      for (const run of [simulated, real]) {
        if (run === undefined) continue;
        const comparison = { id: found.id, folder: run.folder };
        this.#owners.set(join(folder.path, run.folder), { label, comparison });
      }
    }
  }

  /** A comparison stands above its runs, so that it was met before them. */
  #addRun(folder: Folder, home: Folder): void {
    const run = readRun(folder.path, folder.shown, this.#limits, this.#complain);
    if (run === undefined) return;
    const draft = this.#draft(home);
    const owner = this.#owners.get(folder.path);
    const value = { ...run, ...owner, manifest: withCommit(run.manifest, folder.shown) };
    const found = { ...this.#found(draft, home, folder.shown), value };
    this.#runs.push(found);
    if (owner === undefined) draft.runs.push(found);
  }

  #draft(home: Folder): Draft {
    const known = this.#drafts.get(home.path);
    if (known) return known;
    const id = this.#names.take(basename(home.path));
    const empty = { comparisons: [], runs: [], sweeps: [], published: [], documents: [] };
    const draft: Draft = { id, path: home.shown, ...empty };
    const withText = home.files.includes('README.md')
      ? { ...draft, readme: readFileSync(join(home.path, 'README.md'), 'utf8') }
      : draft;
    this.#drafts.set(home.path, withText);
    return withText;
  }

  /** Names a result by its path within its experiment, without the folder `results`. */
  #found(draft: Draft, home: Folder, shown: string): Omit<Found<never>, 'value'> {
    const within = shown.slice(home.shown.length).replace(/^\/results\//, '/');
    const id = this.#ids.take(`${draft.id}${within}`);
    return { id, path: shown, experiment: draft.id };
  }

  readonly #complain = (problem: Problem): void => {
    this.#problems.push(problem);
  };
}

/** A machine without the repository does not know the commit; the folder `time-commit` then does. */
function withCommit<Value extends Pick<Comparison, 'commit'>>(value: Value, path: string): Value {
  const named = /\/\d{8}-\d{6}-([0-9a-f]{7,40})(?:[-/]|$)/.exec(path)?.[1];
  if (value.commit.id !== 'unknown' || named === undefined) return value;
  return { ...value, commit: { id: named, dirty: false } };
}
