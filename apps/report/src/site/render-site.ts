import { FloverError } from '@flover/policy';
import type { SiteData } from '../data/site-data.ts';
import type { Page } from '../pages/page.ts';
import { pagesOf } from '../pages/pages.ts';
import { dataPath, SCRIPT_PATH, STYLE_PATH, shell, tablePath } from '../pages/shell.ts';
import { CHART_STYLE } from '../pages/style-charts.ts';
import { PAGE_STYLE } from '../pages/style-page.ts';
import { SITE_STYLE } from '../pages/style-site.ts';
import { csv } from './csv.ts';
import type { SiteFile } from './write-site.ts';

/** Every file of a site, from its data alone. */
export function renderSite(
  site: SiteData,
  browserCode: string,
): { readonly files: readonly SiteFile[]; readonly pages: number } {
  if (site.experiments.length === 0) {
    const [first] = site.problems;
    throw new FloverError(
      'report-nothing-found',
      `no run, comparison, sweep or validation was found${first ? `; ${first.path}: ${first.message}` : ''}`,
      'give a folder that `flover simulate`, `run`, `compare` or `sweep` has written',
    );
  }
  const pages = pagesOf(site);
  const files = [
    { path: STYLE_PATH, text: `${PAGE_STYLE}${CHART_STYLE}${SITE_STYLE}` },
    { path: SCRIPT_PATH, text: browserCode },
    ...pages.flatMap((page) => filesOf(page, pages, site)),
  ];
  return { files, pages: pages.length };
}

function filesOf(page: Page, pages: readonly Page[], site: SiteData): SiteFile[] {
  const files = [{ path: page.path, text: shell(page, pages, site.title) }];
  for (const part of page.content) {
    if (!('figure' in part)) continue;
    files.push({ path: tablePath(page, part.figure), text: csv(part.figure.table) });
  }
  if (page.data !== undefined) {
    // A script and no JSON file: pages from disk may not fetch.
    files.push({ path: dataPath(page), text: `window.floverData=${JSON.stringify(page.data)};\n` });
  }
  return files;
}
