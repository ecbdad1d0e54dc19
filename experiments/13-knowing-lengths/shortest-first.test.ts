import { builtInPolicies, FloverError, type ParameterValue } from '@flover/policy';
import {
  type CaseRequest,
  caseArbitrary,
  lawSuite,
  type Run,
  runCase,
} from '@flover/policy/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalDraw } from './normal-draw.ts';
import policy from './shortest-first.ts';

type Parameters = Readonly<Record<string, ParameterValue>>;

// Worlds have up to seven requests: small numbers of overtakes and rows are what binds there.
const parameters: Parameters[] = [
  { maxOvertakes: 0, errorSigma: 1 },
  { maxOvertakes: 1, errorSigma: 2, promptWeight: 0.01 },
  { maxOvertakes: 2, rows: 2 },
  { maxOvertakes: 2, rows: 2, pausing: true },
  { maxOvertakes: 1, rows: 1, pausing: true, errorSigma: 1 },
  { predictor: 'limit', maxOvertakes: 3, maxPrefillTokens: 4 },
];
lawSuite(policy, { describe, it }, { numRuns: 1000, parameters });

const fusion = builtInPolicies.find(({ name }) => name === 'temporal-fusion')!;
const bytes = (run: Run) => run.steps.map((step) => step.bytes);

it('is temporal fusion, byte for byte, where nobody may be overtaken', () => {
  const anywhere = caseArbitrary({ policyName: policy.name, parameters: [{}] });
  const check = fc.property(
    anywhere,
    fc.integer({ min: 1, max: 20 }),
    (world, maxPrefillTokens) => {
      const as = (name: string, parameters: Parameters) => ({
        ...world,
        scheduler: { ...world.scheduler, policy: { name, parameters } },
      });
      const ours = { maxPrefillTokens, maxOvertakes: 0, errorSigma: 1 };
      const mine = runCase({ definition: policy }, as(policy.name, ours));
      const theirs = runCase({ definition: fusion }, as(fusion.name, { maxPrefillTokens }));
      expect(bytes(mine)).toEqual(bytes(theirs));
    },
  );
  fc.assert(check, { numRuns: 1000, seed: 1 });
});

type Asked = readonly [prompt: number, output: number, gapNanos?: number];

/** A run in which one request holds the device for a while and all others wait. */
function run(asked: readonly Asked[], values: Parameters, sequences = 1): Run {
  const requests = asked.map(
    ([promptTokens, output, gapNanos = 0]): CaseRequest => ({
      gapNanos,
      promptTokens,
      maxOutputTokens: 8,
      group: 'single',
      width: 1,
      endsAt: [output],
      cancelAfterNanos: undefined,
    }),
  );
  const scheduler = {
    policy: { name: policy.name, parameters: values },
    memory: { kind: 'slots' as const, slots: sequences },
    maxSequences: sequences,
    maxSequenceTokens: 32,
    planAhead: 0 as const,
  };
  const world = { scheduler, requests, durationsNanos: [10], ties: 'arrivals-first' as const };
  return runCase({ definition: policy }, world);
}

/** Requests in order of admission. */
function admitted(asked: readonly Asked[], values: Parameters = {}): number[] {
  const actions = run(asked, values).steps.flatMap((step) => step.actions);
  return actions.flatMap((action) => (action.kind === 'admit' ? [action.request] : []));
}

describe('who is next', () => {
  const busy: Asked = [1, 4];

  it('is who has least to do, prompt and output together', () => {
    expect(admitted([busy, [4, 5], [1, 7], [3, 3]])).toEqual([0, 3, 2, 1]);
  });

  it('is the oldest of equals', () => {
    expect(admitted([busy, [2, 4], [3, 3], [1, 5]])).toEqual([0, 1, 2, 3]);
  });

  it('goes by outputs where prompts weigh little', () => {
    expect(admitted([busy, [9, 2], [1, 3]])).toEqual([0, 2, 1]);
    expect(admitted([busy, [9, 2], [1, 3]], { promptWeight: 0.01 })).toEqual([0, 1, 2]);
  });

  it('knows nothing but prompts where it goes by the limit of clients who all ask the same', () => {
    expect(admitted([busy, [3, 1], [2, 8]])).toEqual([0, 1, 2]);
    expect(admitted([busy, [3, 1], [2, 8]], { predictor: 'limit' })).toEqual([0, 2, 1]);
  });

  it('is the oldest as soon as it was overtaken as often as is allowed', () => {
    const short: Asked[] = Array(5).fill([1, 1]);
    const asked: Asked[] = [busy, [8, 8], ...short];
    expect(admitted(asked)).toEqual([0, 2, 3, 4, 5, 6, 1]);
    expect(admitted(asked, { maxOvertakes: 2 })).toEqual([0, 2, 3, 1, 4, 5, 6]);
  });
});

it('pauses who has most left, never the oldest', () => {
  // Two of eight tokens hold both rows; one of two comes 25 ns later.
  const asked: Asked[] = [
    [1, 8],
    [1, 8],
    [1, 2, 25],
  ];
  const ended = (values: Parameters) =>
    run(asked, { rows: 2, ...values }, 3).steps.flatMap(({ actions }) =>
      actions.flatMap((action) => (action.kind === 'finish' ? [action.request] : [])),
    );
  expect(ended({})).toEqual([0, 1, 2]);
  expect(ended({ pausing: true })).toEqual([2, 0, 1]);
});

describe('errors', () => {
  it('are normal: mean, spread, and the share beyond 1.96', () => {
    const draws = Array.from({ length: 100_000 }, (_, i) => normalDraw(1, i, 100, 200));
    const mean = draws.reduce((sum, z) => sum + z, 0) / draws.length;
    const square = draws.reduce((sum, z) => sum + z * z, 0) / draws.length;
    // Each within four standard errors.
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(draws.length));
    expect(Math.abs(square - 1)).toBeLessThan(4 * Math.sqrt(2 / draws.length));
    const beyond = draws.filter((z) => Math.abs(z) > 1.96).length / draws.length;
    expect(Math.abs(beyond - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / draws.length));
  });

  it('of neighbours have nothing to do with each other', () => {
    const draws = Array.from({ length: 100_000 }, (_, i) => normalDraw(1, i, 100, 200));
    const lagged = draws.slice(1).reduce((sum, z, i) => sum + z * draws[i]!, 0) / draws.length;
    const seeds = draws.reduce((sum, z, i) => sum + z * normalDraw(2, i, 100, 200), 0);
    expect(Math.abs(lagged)).toBeLessThan(4 / Math.sqrt(draws.length));
    expect(Math.abs(seeds / draws.length)).toBeLessThan(4 / Math.sqrt(draws.length));
  });
});

it('refuses parameters that cannot be', () => {
  for (const wrong of [{ predictor: 'model' }, { errorSigma: -1 }, { rows: 0.5 }]) {
    expect(() => policy.create({ ...policy.parameters, ...wrong })).toThrowError(FloverError);
  }
});
