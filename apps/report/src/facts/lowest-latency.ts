import type { Comparison } from '@flover/metrics';
import { countWord, listed, milliseconds } from '../marks/format.ts';
import { areAlike } from './alike.ts';
import { leadingSide, meanValue, policiesOf } from './policies.ts';

/** So many comparisons are told one by one, more are counted. */
const TOLD = 3;

interface PolicyLatency {
  readonly label: string;
  readonly value: number;
}

/**
 * Who has the lowest median E2E latency where policies stand beside each other; '' where none do.
 *
 * The engine's numbers count where it ran. Whoever is within half a percent of the first is alike.
 */
export function lowestLatency(
  comparisons: readonly Comparison[],
  nameOf: (comparison: Comparison) => string,
): string {
  const contests = comparisons
    .map((comparison) => ({ name: nameOf(comparison), ranks: ranksOf(comparison) }))
    .filter(({ ranks }) => ranks.length > 1);
  if (contests.length === 0) return '';
  if (contests.length > TOLD) return counted(contests.map(({ ranks }) => ranks));
  const parts = contests.map(({ name, ranks }) => `in ${name} ${told(ranks)}`);
  return `By median E2E latency, ${listed(parts)}`;
}

function ranksOf(comparison: Comparison): PolicyLatency[] {
  const side = leadingSide(comparison);
  return policiesOf(comparison)
    .flatMap((policy) => {
      const value = meanValue(policy, side, 'e2eMsP50');
      return value === null ? [] : [{ label: policy.label, value }];
    })
    .sort((a, b) => a.value - b.value);
}

function firstsOf(ranks: readonly PolicyLatency[]): readonly PolicyLatency[] {
  return ranks.filter(({ value }) => areAlike(value, ranks[0]!.value));
}

function told(ranks: readonly PolicyLatency[]): string {
  const firsts = firstsOf(ranks);
  const last = ranks.at(-1)!;
  const names = listed(firsts.map(({ label }) => label));
  const time = milliseconds(ranks[0]!.value);
  if (firsts.includes(last)) return `${names} are alike (${time})`;
  const is = firsts.length > 1 ? 'are' : 'is';
  return `${names} ${is} ahead (${time}; ${last.label} ${milliseconds(last.value)})`;
}

function counted(contests: readonly (readonly PolicyLatency[])[]): string {
  const alone = contests.map(firstsOf).filter(({ length }) => length === 1);
  const winners = [...new Set(alone.map(([first]) => first!.label))]
    .map((label) => ({ label, count: alone.filter(([first]) => first!.label === label).length }))
    .sort((a, b) => b.count - a.count);
  const parts = winners.map(({ label, count }) => `${label} is ahead in ${countWord(count)}`);
  const alike = contests.length - alone.length;
  const shared = alike === 0 ? [] : [`the first are alike in ${countWord(alike)}`];
  const all = listed([...parts, ...shared]);
  return `By median E2E latency, of ${countWord(contests.length)} comparisons of policies ${all}`;
}
