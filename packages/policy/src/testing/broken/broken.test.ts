import { describe, expect, it } from 'vitest';
import { checkLaws } from '../check-laws.ts';
import { laws } from '../laws/index.ts';
import { broken } from './index.ts';

function hunt(name: string) {
  const { definition, createScheduler, law, options } = broken[name]!;
  const faulty = createScheduler === undefined ? {} : { createScheduler };
  const report = checkLaws(definition, { numRuns: 1000, ...options, ...faulty, only: [law] });
  return report.results[0]!;
}

describe('within 1,000 worlds', () => {
  const cases = Object.entries(broken).map(([name, { fault, law }]) => [name, fault, law] as const);
  it.each(cases)('%s, which %s, is caught by %s', (name, _, law) => {
    const { verdict, cases, counterexample } = hunt(name);
    expect(verdict).toBe('failed');
    expect(cases).toBeLessThanOrEqual(1000);
    expect(counterexample!.text).toContain(`law ${law}: `);
    expect(counterexample!.world.requests.length).toBeLessThanOrEqual(6);
    expect(counterexample!.text.split('\n').length).toBeLessThanOrEqual(60);
  });
});

it('every law catches something', () => {
  const catching = new Set(Object.values(broken).map(({ law }) => law));
  expect([...catching].sort()).toEqual(laws.map(({ name }) => name).sort());
});

it.each(['admits-last-first', 'favours-a-name', 'reads-the-future', 'starves-long-prompts'])(
  'the shrunk counterexample of %s reads well',
  (name) => {
    expect(hunt(name).counterexample!.text).toMatchSnapshot();
  },
);
