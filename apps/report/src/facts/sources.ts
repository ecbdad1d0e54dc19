import type { Comparison } from '@flover/metrics';
import { listed } from '../marks/format.ts';

/** Devices, models, commits and seeds of several comparisons in one line, to stand under a figure. */
export function sourcesLine(comparisons: readonly Comparison[]): string {
  const devices = unique(comparisons.map(({ engine }) => engine?.device ?? 'simulated only'));
  const models = unique(comparisons.map(({ model }) => model.name));
  const commits = unique(
    comparisons.map(
      ({ commit }) => `${commit.id.slice(0, 12)}${commit.dirty ? ' with uncommitted changes' : ''}`,
    ),
  );
  const parts = [
    listed(devices),
    listed(models),
    `commit${commits.length > 1 ? 's' : ''} ${listed(commits)}`,
    seedsOf(comparisons.flatMap(({ seeds }) => seeds)),
  ];
  return parts.join(' · ');
}

function seedsOf(all: readonly number[]): string {
  const seeds = [...new Set(all)].sort((a, b) => a - b);
  if (seeds.length === 1) return `seed ${seeds[0]}`;
  return `${seeds.length} seeds (${seeds[0]} to ${seeds.at(-1)})`;
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
