import type { Comparison } from '@flover/metrics';
import { counted, listed, number } from '../marks/format.ts';

/** Device, model, requests, cost model, commit and seeds of comparisons in one line, to stand under a figure. */
export function sourcesLine(comparisons: readonly Comparison[]): string {
  const devices = unique(comparisons.map(({ engine }) => engine?.device ?? 'simulated only'));
  const models = unique(comparisons.map(({ model }) => model.name));
  const commits = unique(
    comparisons.map(
      ({ commit }) => `${commit.id.slice(0, 12)}${commit.dirty ? ' with uncommitted changes' : ''}`,
    ),
  );
  const parts = [
    // A device of several ranks has a comma in its name.
    devices.some((name) => name.includes(',')) ? devices.join('; ') : listed(devices),
    listed(models),
    requestsOf(comparisons),
    costModelsOf(comparisons),
    `commit${commits.length > 1 ? 's' : ''} ${listed(commits)}`,
    seedsOf(comparisons.flatMap(({ seeds }) => seeds)),
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** How many requests came in a run: "30 requests a run", "1 to 64 requests a run". */
function requestsOf(comparisons: readonly Comparison[]): string {
  const counts = comparisons.flatMap(({ cells }) =>
    cells.flatMap(
      ({ real, simulated }) => (real ?? simulated)?.metrics.values.requestsArrived ?? [],
    ),
  );
  if (counts.length === 0) return '';
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const all = counted(most, 'request');
  return `${least === most ? all : `${number(least)} to ${all}`} a run`;
}

/** What predicted, and from what where there is one of it. */
function costModelsOf(comparisons: readonly Comparison[]): string {
  const models = comparisons.flatMap(({ costModel }) => costModel ?? []);
  const whole = unique(models.map(({ name, from }) => `${name} (${from})`));
  if (whole.length === 0) return '';
  return `simulated by ${whole.length === 1 ? whole[0] : listed(unique(models.map(({ name }) => name)))}`;
}

function seedsOf(all: readonly number[]): string {
  const seeds = [...new Set(all)].sort((a, b) => a - b);
  if (seeds.length === 1) return `seed ${seeds[0]}`;
  return `${seeds.length} seeds (${seeds[0]} to ${seeds.at(-1)})`;
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
