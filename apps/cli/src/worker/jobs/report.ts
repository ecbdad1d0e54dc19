import { join } from 'node:path';
import { buildSite } from '@flover/report';
import browserCode from '@flover/report/browser.js?raw';

/** The folder beside an experiment's results that holds its pages. */
const PAGES_FOLDER = 'report';

/** Leaves the pages of an experiment beside its results; they open from disk. */
export function writeReport(out: string): void {
  buildSite({ folders: [out], out: join(out, PAGES_FOLDER), browserCode });
}
