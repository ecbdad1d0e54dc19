import { DEFAULT_LIMITS, type DetailLimits } from '../data/run-detail.ts';
import type { Problem } from '../data/site-data.ts';
import { discover } from './discover.ts';
import { renderSite } from './render-site.ts';
import { writeSite } from './write-site.ts';

export interface SiteOptions {
  /** What to look for results in: experiments, results, comparisons, runs, in any depth. */
  readonly folders: readonly string[];
  /** Where the site goes: a new or empty folder, or one that holds an earlier site. */
  readonly out: string;
  /** The bundle of `src/browser`: `@flover/report/browser.js`; without it nothing moves. */
  readonly browserCode?: string;
  readonly title?: string;
  /** How much of each run is kept. */
  readonly limits?: DetailLimits;
}

export interface SiteSummary {
  /** The page to open. */
  readonly index: string;
  readonly pages: number;
  readonly files: number;
  readonly bytes: number;
  readonly experiments: number;
  readonly runs: number;
  /** Files that could not be read; the rest of the site stands. */
  readonly problems: readonly Problem[];
}

/**
 * Makes a site of static pages from folders of results; it opens from disk and from any host.
 *
 * Throws FloverError 'report-folder-missing', 'report-nothing-found' where no folder holds a result,
 * 'report-out-in-use' where `out` holds something else, or 'report-unwritable'.
 */
export function buildSite(options: SiteOptions): SiteSummary {
  const { folders, out, browserCode = '', title = 'Flover', limits = DEFAULT_LIMITS } = options;
  const site = discover(folders, { title, limits });
  const { files, pages } = renderSite(site, browserCode);
  return {
    index: writeSite(out, files),
    pages,
    files: files.length,
    bytes: files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0),
    experiments: site.experiments.length,
    runs: site.runs.length,
    problems: site.problems,
  };
}
