import type { Found, SiteData, SiteRun } from '../data/site-data.ts';
import { h } from '../marks/mark.ts';
import { runName } from './comparison-page.ts';
import type { Page } from './page.ts';
import { runPath } from './paths.ts';

/** A page for each run: its slots over time, and batch, queue and KV memory under them. */
export function runPages(site: SiteData): Page[] {
  return site.runs.map((run) => page(run));
}

function page(run: Found<SiteRun>): Page {
  return {
    path: runPath(run),
    title: runName(run.value),
    content: [h('p', {}, run.path)],
    data: run.value.detail,
  };
}
