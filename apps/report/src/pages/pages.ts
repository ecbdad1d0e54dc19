import type { SiteData } from '../data/site-data.ts';
import { comparisonPages } from './comparison-page.ts';
import { experimentPages } from './experiment-page.ts';
import { glossaryPages } from './glossary-page.ts';
import { methodsPages } from './methods-page.ts';
import { overviewPages } from './overview-page.ts';
import type { Page, PageMaker } from './page.ts';
import { parityPages } from './parity-page.ts';
import { policiesPages } from './policies-page.ts';
import { publishedPages } from './published-page.ts';
import { runPages } from './run-page.ts';

/** Every kind of page; the navigation keeps this order. */
const MAKERS: readonly PageMaker[] = [
  overviewPages,
  parityPages,
  policiesPages,
  publishedPages,
  methodsPages,
  glossaryPages,
  experimentPages,
  comparisonPages,
  runPages,
];

/** All pages of a site. */
export function pagesOf(site: SiteData): Page[] {
  return MAKERS.flatMap((make) => make(site));
}
