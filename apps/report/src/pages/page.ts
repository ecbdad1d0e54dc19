import type { SiteData } from '../data/site-data.ts';
import type { Figure } from '../figures/figure.ts';
import type { Mark } from '../marks/mark.ts';

/** A figure in its frame: the device, commit and seeds that it comes from stand under it. */
export interface PlacedFigure {
  readonly figure: Figure;
  readonly source: string;
  /** Where it stands with its table, which is then left out here: a page of the site and an anchor. */
  readonly whole?: string;
}

/** One page of the site: plain data, made by a pure function of the site's data. */
export interface Page {
  /** Within the site, with `/`, such as 'experiments/first-look.html'. Links go by `linkTo`. */
  readonly path: string;
  readonly title: string;
  /** The name of the page in the navigation of every page; pages without one are linked to. */
  readonly nav?: string;
  /** What the page says, top to bottom; a figure's data becomes a file beside the page. */
  readonly content: readonly (Mark | PlacedFigure)[];
  /** Read by the page's script as `window.floverData`, from a file of its own. */
  readonly data?: unknown;
}

/** Makes the pages of one kind: none where the site has no data for them. */
export type PageMaker = (site: SiteData) => readonly Page[];

/** A relative link from one page to another (or to a file, or an anchor) of the site. */
export function linkTo(from: Pick<Page, 'path'>, to: string): string {
  const up = from.path.split('/').slice(0, -1);
  const down = to.split('/');
  while (up.length > 0 && down.length > 1 && up[0] === down[0]) {
    up.shift();
    down.shift();
  }
  return [...up.map(() => '..'), ...down].join('/');
}
