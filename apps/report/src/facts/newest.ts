import type { Found } from '../data/site-data.ts';

/** `<time>-<commit>`, and what tells it from other results of the same runs. */
const RUN_ID = /^.*\/\d{8}-\d{6}-[0-9a-f]+(?:-[^/]+)?(?=\/|$)/;

/** By key the newest of the results that share it, in the order in which keys appear. */
export function newestOfEach<Value extends { readonly createdAt: string }>(
  results: readonly Found<Value>[],
  keyOf: (result: Found<Value>) => string,
): Map<string, Found<Value>> {
  const newest = new Map<string, Found<Value>>();
  for (const result of results) {
    const known = newest.get(keyOf(result));
    if (known === undefined || known.value.createdAt <= result.value.createdAt) {
      newest.set(keyOf(result), result);
    }
  }
  return newest;
}

/** The newest results: those that share the folder `time-commit` of the last one. */
export function newestOf<Value extends { readonly createdAt: string }>(
  results: readonly Found<Value>[],
): Found<Value>[] {
  const last = results.reduce<Found<Value> | undefined>(
    (latest, one) => (latest && latest.value.createdAt >= one.value.createdAt ? latest : one),
    undefined,
  );
  return last === undefined
    ? []
    : results.filter((one) => resultsFolder(one) === resultsFolder(last));
}

/** The folder `time-commit` that a result lies in, or '' where it lies in none. */
export function resultsFolder({ path }: Pick<Found<unknown>, 'path'>): string {
  return RUN_ID.exec(path)?.[0] ?? '';
}

/** Where a result lies within its folder `time-commit`, or '' where it lies in no such folder. */
export function withinResults(result: Pick<Found<unknown>, 'path'>): string {
  const folder = resultsFolder(result);
  return folder === '' ? '' : result.path.slice(folder.length + 1);
}
