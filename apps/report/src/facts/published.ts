import type { PublishedComparison, PublishedRow } from '@flover/metrics';
import type { Found, SiteData } from '../data/site-data.ts';
import { newestOfEach } from './newest.ts';

/** Rows of one figure that have the same columns. */
export interface PublishedGroup {
  readonly figure: string;
  readonly rows: readonly PublishedRow[];
}

/** The newest of each publication's comparisons. */
export function newestPublished(site: SiteData): Found<PublishedComparison>[] {
  const all = site.experiments.flatMap(({ published }) => published);
  const newest = newestOfEach(all, ({ value }) => JSON.stringify([value.source, value.device]));
  return [...newest.values()];
}

/** Rows by figure and columns, in the publication's order. */
export function publishedGroups({ rows }: PublishedComparison): PublishedGroup[] {
  const groups = new Map<string, { figure: string; rows: PublishedRow[] }>();
  for (const row of rows) {
    const columns = rows.filter((one) => isBeside(one, row)).map(({ column }) => column);
    const key = JSON.stringify([row.figure, columns]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { figure: row.figure, rows: [row] });
    else group.rows.push(row);
  }
  return [...groups.values()];
}

/** Why nothing is predicted for a number; undefined where something is. */
export function givenBy({ fitted, unit, published, predicted }: PublishedRow): string | undefined {
  if (fitted) return 'fitted';
  // One request is as quick as one request: nobody predicts that.
  return unit === 'ratio' && published === 1 && predicted === 1 ? 'by definition' : undefined;
}

/** Do two rows stand in one line of a figure, of one quantity and model? */
export function isBeside(a: PublishedRow, b: PublishedRow): boolean {
  return lineOf(a) === lineOf(b);
}

/** The line of a figure that a row stands in, as a key. */
export function lineOf({ figure, model, gpus, quantity }: PublishedRow): string {
  return JSON.stringify([figure, model, gpus, quantity]);
}

/** "llama-33b on 2 GPUs". */
export function subjectOf({ model, gpus }: Pick<PublishedRow, 'model' | 'gpus'>): string {
  return gpus === 1 ? model : `${model} on ${gpus} GPUs`;
}

/** Commit and draws in one line, to stand under a figure. */
export function publishedSource({ device, commit, seeds }: PublishedComparison): string {
  const dirty = commit.dirty ? ' with uncommitted changes' : '';
  return `published: an unnamed GPU; predicted: fitted on the data sheet of ${device} · commit ${commit.id.slice(0, 12)}${dirty} · ${seeds} seeds`;
}
