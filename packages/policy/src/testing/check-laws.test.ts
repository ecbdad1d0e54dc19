import { expect, it } from 'vitest';
import { lookupPolicy } from '../policies/index.ts';
import { movesAFraction } from './broken/moves-a-fraction.ts';
import { readsTheClock } from './broken/reads-the-clock.ts';
import { checkLaws } from './check-laws.ts';
import { lawSuite } from './law-suite.ts';
import { laws } from './laws/index.ts';

const { definition, createScheduler, options } = movesAFraction;
const faulty = { ...options, createScheduler: createScheduler!, seed: 11 };

it('gives the same counterexample again from seed and path', () => {
  const only = ['kv-integrity'];
  const first = checkLaws(definition, { ...faulty, numRuns: 1000, only }).results[0]!;
  const again = checkLaws(definition, { ...faulty, only, path: first.path! }).results[0]!;
  expect(first.verdict).toBe('failed');
  expect(again.counterexample).toEqual(first.counterexample);
});

it('reports every law, those that do not bind the policy as such', () => {
  const report = checkLaws(readsTheClock.definition, { numRuns: 50 });
  expect(report.results.map(({ law }) => law)).toEqual(laws.map(({ name }) => name));
  const verdicts = Object.fromEntries(report.results.map(({ law, verdict }) => [law, verdict]));
  expect(verdicts).toMatchObject({
    determinism: 'failed',
    capacity: 'passed',
    'fifo-admission': 'not-bound',
  });
  expect(report.passed).toBe(false);
});

it('counts the worlds that were tried', () => {
  const only = ['progress', 'causality'];
  const report = checkLaws(lookupPolicy('sequential'), { numRuns: 37, only });
  expect(report.results.map(({ cases }) => cases)).toEqual([37, 37]);
  expect(report.passed).toBe(true);
});

it('lawSuite gives a test for each law, which throws the counterexample', () => {
  const tests = new Map<string, () => void>();
  const runner = {
    describe: (_: string, body: () => void) => body(),
    it: (name: string, body: () => void) => void tests.set(name.split(':')[0]!, body),
  };
  lawSuite(readsTheClock.definition, runner, { numRuns: 50 });
  expect([...tests.keys()]).toEqual(laws.map(({ name }) => name));
  expect(tests.get('determinism')).toThrow(/to see it again: seed 1, path "/);
  expect(tests.get('conservation')).not.toThrow();
});

it('takes a bare function that makes a policy, and blames the policy for what it throws', () => {
  const fine = () => readsTheClock.definition.create({});
  expect(checkLaws(fine, { numRuns: 5, only: ['legality'] }).passed).toBe(true);
  const create = () => {
    throw new Error('no such lane');
  };
  const stillborn = { name: 'stillborn', parameters: {}, create };
  const report = checkLaws(stillborn, { numRuns: 5, only: ['legality'] });
  expect(report.results[0]!.counterexample!.text).toContain('on being created it threw');
  expect(report.results[0]!.counterexample!.text).toContain('no such lane');
});

it('names the nearest law for a wrong one, and wants a law with a path', () => {
  const { definition } = readsTheClock;
  expect(() => checkLaws(definition, { only: ['casuality'] })).toThrow(/no law 'casuality'/);
  expect(() => checkLaws(definition, { path: '1:2' })).toThrow(/path '1:2' without the law/);
});
