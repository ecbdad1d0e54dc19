import type { Found } from '../data/site-data.ts';

const RUN_ID = /^.*\/\d{8}-\d{6}-[0-9a-f]+(?=\/|$)/;

/** The newest results: those that share the folder `time-commit` of the last one. */
export function newestOf<Value extends { readonly createdAt: string }>(
  results: readonly Found<Value>[],
): Found<Value>[] {
  const folder = ({ path }: Found<Value>) => RUN_ID.exec(path)?.[0] ?? '';
  const last = results.reduce<Found<Value> | undefined>(
    (latest, one) => (latest && latest.value.createdAt >= one.value.createdAt ? latest : one),
    undefined,
  );
  return last === undefined ? [] : results.filter((one) => folder(one) === folder(last));
}

/** Where a result lies within its folder `time-commit`, or '' where it lies in no such folder. */
export function withinResults({ path }: Pick<Found<unknown>, 'path'>): string {
  const folder = RUN_ID.exec(path)?.[0];
  return folder === undefined ? '' : path.slice(folder.length + 1);
}
