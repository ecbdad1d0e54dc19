import type { Comparison } from '@flover/metrics';
import type { Found } from '../data/site-data.ts';

const RUN_ID = /^.*\/\d{8}-\d{6}-[0-9a-f]+(?=\/|$)/;

/** The comparisons of the newest results: those that share the folder `time-commit` of the last one. */
export function newestOf(comparisons: readonly Found<Comparison>[]): Found<Comparison>[] {
  const folder = ({ path }: Found<Comparison>) => RUN_ID.exec(path)?.[0] ?? '';
  const last = comparisons.reduce<Found<Comparison> | undefined>(
    (latest, one) => (latest && latest.value.createdAt >= one.value.createdAt ? latest : one),
    undefined,
  );
  return last === undefined ? [] : comparisons.filter((one) => folder(one) === folder(last));
}
