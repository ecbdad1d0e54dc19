import type { Comparison } from '@flover/metrics';
import { everyOne, listed, milliseconds, number, percent } from '../marks/format.ts';
import { areAlike } from './alike.ts';
import { errorPercent, leadingSide, meanValue, type PolicyFacts, policiesOf } from './policies.ts';

/** The policy that an experiment is about: temporal fusion where it takes part, else the first. */
export function heroOf(policies: readonly PolicyFacts[]): PolicyFacts | undefined {
  return (
    policies.find((policy) => policy.cells[0]?.policy.name === 'temporal-fusion') ?? policies[0]
  );
}

/** What an experiment found, in one or two sentences with its numbers. */
export function headline(comparison: Comparison): string {
  const policies = policiesOf(comparison);
  const side = leadingSide(comparison);
  const hero = heroOf(policies);
  const latency = hero ? meanValue(hero, side, 'e2eMsMean') : null;
  if (hero === undefined || latency === null) return 'No request was served.';
  const served = meanValue(hero, side, 'requestsServed') ?? 0;
  const where = side === 'real' ? 'on the engine' : 'in simulation';
  const time = milliseconds(latency);
  const what =
    served === 1
      ? `${hero.label} answered one request in ${time} ${where}`
      : `${hero.label} answered ${number(served)} requests in ${time} each on average ${where}`;
  const against = contrast(policies, hero, latency, side);
  return `${[`${what}${against}`, prediction(hero, served), replays(comparison)]
    .filter((part) => part !== '')
    .join('; ')}.`;
}

function contrast(
  policies: readonly PolicyFacts[],
  hero: PolicyFacts,
  latency: number,
  side: 'simulated' | 'real',
): string {
  let slowest: { readonly label: string; readonly value: number } | undefined;
  for (const policy of policies) {
    const value = meanValue(policy, side, 'e2eMsMean');
    if (policy === hero || value === null) continue;
    if (slowest === undefined || value > slowest.value) slowest = { label: policy.label, value };
  }
  if (slowest === undefined) return '';
  if (areAlike(slowest.value, latency)) return `, as long as under ${slowest.label}`;
  const factor = slowest.value / latency;
  const [size, word] = factor >= 1 ? [factor, 'sooner'] : [1 / factor, 'later'];
  return `, ${size.toFixed(size < 10 ? 2 : 0)} times ${word} than ${slowest.label}`;
}

function prediction(hero: PolicyFacts, served: number): string {
  const e2e = errorPercent(hero, 'e2eMsMean');
  const makespan = errorPercent(hero, 'makespanSeconds');
  if (e2e === null || makespan === null) return '';
  if (served === 1) return `the simulator put it ${offBy(e2e)}`;
  const errors = listed([`that mean ${offBy(e2e)}`, `its makespan ${offBy(makespan)}`]);
  return `the simulator put ${errors}`;
}

function offBy(error: number): string {
  const size = percent(error);
  if (size === '0.0 %') return 'right to 0.1 %';
  return `${size} too ${error < 0 ? 'low' : 'high'}`;
}

function replays(comparison: Comparison): string {
  const verdicts = comparison.cells.flatMap((cell) => (cell.replay ? [cell.replay] : []));
  const same = verdicts.filter((verdict) => verdict.identical).length;
  if (verdicts.length === 0) return '';
  if (same === verdicts.length) {
    const runs = everyOne(same, 'run');
    return `told the recorded events, a fresh scheduler repeated every decision of ${runs}`;
  }
  return `a fresh scheduler repeated the decisions of ${same} of ${verdicts.length} runs`;
}
