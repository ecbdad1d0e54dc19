import { describe, expect, it } from 'vitest';
import { builtInPolicies } from '../policies/index.ts';
import { onePolicy, plainPlan } from './broken/plain.ts';
import { checkLaws } from './check-laws.ts';
import { branches, noCoverage } from './coverage.ts';
import type { CheckOptions } from './law-report.ts';
import { smallParameters } from './small-parameters.ts';

/** Worlds a policy, memory and planAhead; FLOVER_LAW_RUNS=5000 for a long night. */
const numRuns = Number(process.env.FLOVER_LAW_RUNS ?? 120);
const seed = Number(process.env.FLOVER_LAW_SEED ?? 20_260_101);

const memories = ['slots', 'contiguous', 'paged'] as const;
const total = noCoverage();

function expectLawful(definition: Parameters<typeof checkLaws>[0], options: CheckOptions): void {
  const report = checkLaws(definition, { numRuns, seed, ...options });
  for (const branch of branches) total[branch] += report.coverage[branch];
  const failures = report.results.filter((result) => result.verdict === 'failed');
  const texts = failures.map(
    ({ counterexample, path }) => `${counterexample!.text}\nseed ${seed}, path ${path}`,
  );
  expect(texts.join('\n\n')).toBe('');
}

describe.each(builtInPolicies)('$name', (definition) => {
  const parameters = smallParameters[definition.name]!;
  describe.each(memories)('with %s memory', (memory) => {
    it.each([0, 1] as const)('and planAhead %i obeys every law', (planAhead) => {
      expectLawful(definition, { memory, planAhead, parameters });
    });
  });
});

it('the sound policy that the broken ones start from obeys every law', () => {
  expectLawful(onePolicy('plain', plainPlan), {});
});

it.each(branches)('the worlds above reached the branch %s', (branch) => {
  expect(total[branch]).toBeGreaterThan(0);
});
