import { MetricsCollector } from '@flover/metrics';
import { FloverError, lookupPolicy, type PolicyDefinition } from '@flover/policy';
import {
  type CaseRequest,
  caseArbitrary,
  type LawCase,
  lawSuite,
  type Run,
  runCase,
} from '@flover/policy/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import policy from './fair-shares.ts';

// Worlds have prompts of up to eight tokens: budgets that cut them, and weights of either kind.
lawSuite(
  policy,
  { describe, it },
  {
    numRuns: 1000,
    parameters: [
      { tokenBudget: 4 },
      { tokenBudget: 8, outputWeight: 0 },
      { tokenBudget: 16, promptWeight: 0 },
      { tokenBudget: 2, promptWeight: 3, outputWeight: 0.5 },
    ],
  },
);

const chunked = lookupPolicy('chunked-prefill');
const bytes = (run: Run) => run.steps.map((step) => step.bytes);

function under(definition: PolicyDefinition, world: LawCase, tokenBudget: number): Run {
  const named = { name: definition.name, parameters: { tokenBudget } };
  return runCase({ definition }, { ...world, scheduler: { ...world.scheduler, policy: named } });
}

it('is chunked prefill, byte for byte, where all requests are of one tenant', () => {
  const anywhere = caseArbitrary({ policyName: policy.name, parameters: [{}] });
  const check = fc.property(anywhere, fc.integer({ min: 1, max: 20 }), (world, tokenBudget) => {
    const requests = world.requests.map((request) => ({ ...request, tenant: 'only' }));
    const [mine, theirs] = [policy, chunked].map((definition) =>
      under(definition, { ...world, requests }, tokenBudget),
    );
    expect(bytes(mine!)).toEqual(bytes(theirs!));
  });
  fc.assert(check, { numRuns: 1000, seed: 1 });
});

const request = (changes: Partial<CaseRequest>): CaseRequest => ({
  gapNanos: 0,
  promptTokens: 1,
  maxOutputTokens: 1,
  group: 'single',
  width: 1,
  endsAt: [],
  cancelAfterNanos: undefined,
  ...changes,
});

function worldOf(requests: readonly CaseRequest[], maxSequences: number): LawCase {
  return {
    scheduler: {
      policy: { name: policy.name, parameters: {} },
      memory: { kind: 'slots', slots: maxSequences },
      maxSequences,
      maxSequenceTokens: 16,
      planAhead: 0,
    },
    requests,
    durationsNanos: [10],
    ties: 'arrivals-first',
  };
}

/** The largest service gap of a run. */
function gapOf(run: Run): number {
  const collector = new MetricsCollector();
  for (const { event, actions } of run.steps) {
    collector.event(event);
    for (const action of actions) collector.action(action, event.timeNanos);
  }
  return collector.summary().values.serviceGapTokens ?? 0;
}

describe('the largest service gap', () => {
  const [maxSequences, maxSequenceTokens] = [2, 16];
  /** Twice the larger of a prompt and twice the tokens that a batch can hold (theorem of VTC). */
  const bound = 2 * 2 * maxSequences * maxSequenceTokens;
  const busy = fc.array(
    fc
      .record({
        promptTokens: fc.integer({ min: 1, max: 8 }),
        maxOutputTokens: fc.integer({ min: 1, max: 8 }),
        gapNanos: fc.constantFrom(0, 0, 0, 5, 40),
        tenant: fc.constantFrom('a', 'b', 'c'),
      })
      .map(request),
    { minLength: 20, maxLength: 60 },
  );

  it('is at most what is proved of it, over 1,000 worlds of up to 60 requests', () => {
    let largest = 0;
    const check = fc.property(busy, fc.integer({ min: 1, max: 16 }), (requests, tokenBudget) => {
      const gap = gapOf(under(policy, worldOf(requests, maxSequences), tokenBudget));
      largest = Math.max(largest, gap);
      expect(gap).toBeLessThanOrEqual(bound);
    });
    fc.assert(check, { numRuns: 1000, seed: 1 });
    expect(largest).toBeGreaterThan(0);
  });

  it('grows with the queue under first come, first served', () => {
    const flood = (count: number) => [
      ...Array.from({ length: count }, () =>
        request({ promptTokens: 8, maxOutputTokens: 8, tenant: 'greedy' }),
      ),
      ...Array.from({ length: 3 }, () =>
        request({ promptTokens: 8, maxOutputTokens: 8, tenant: 'modest' }),
      ),
    ];
    const gaps = (definition: PolicyDefinition) =>
      [10, 20, 40].map((count) => gapOf(under(definition, worldOf(flood(count), 2), 16)));
    const [few, more, most] = gaps(chunked);
    expect(few).toBeGreaterThan(bound);
    expect(more! - few!).toBe(10 * (8 + 2 * 8));
    expect(most! - more!).toBe(20 * (8 + 2 * 8));
    expect(Math.max(...gaps(policy))).toBeLessThanOrEqual(2 * (8 + 2 * 8));
  });
});

/** Requests in order of admission, one at a time. */
function admitted(requests: readonly Partial<CaseRequest>[]): number[] {
  const run = under(policy, worldOf(requests.map(request), 1), 16);
  const actions = run.steps.flatMap((step) => step.actions);
  return actions.flatMap((action) => (action.kind === 'admit' ? [action.request] : []));
}

describe('who is next', () => {
  const a = { tenant: 'a' };
  const b = { tenant: 'b' };

  it('is the tenant that was given least, its oldest request first', () => {
    expect(admitted([a, a, a, b, b])).toEqual([0, 3, 1, 4, 2]);
    // All wait for the first: 5 prompt tokens and an output token count 7, each request of b 3.
    const busy = { tenant: 'busy' };
    expect(admitted([busy, { ...a, promptTokens: 5 }, a, b, b, b])).toEqual([0, 1, 3, 4, 5, 2]);
    // Output tokens count twice: a prompt token and 4 of them are three requests of b.
    const long = { ...a, maxOutputTokens: 4 };
    expect(admitted([busy, long, a, b, b, b, b])).toEqual([0, 1, 3, 4, 5, 2, 6]);
  });

  it('is first come, first served among equals, and all who say no tenant are one', () => {
    expect(admitted([a, b, { tenant: 'c' }])).toEqual([0, 1, 2]);
    expect(admitted([{}, {}, {}, b])).toEqual([0, 3, 1, 2]);
  });

  it('gives no credit for time in which nobody asked', () => {
    // Each request takes 10 ns. `b` comes when `a` has had four, and then they take turns.
    const late = { ...b, gapNanos: 35 };
    expect(admitted([a, a, a, a, a, a, late, b, b])).toEqual([0, 1, 2, 3, 6, 4, 7, 5, 8]);
  });
});

it('refuses parameters that cannot be', () => {
  for (const wrong of [{ tokenBudget: 0 }, { promptWeight: -1 }, { outputWeight: Number.NaN }]) {
    expect(() => policy.create({ ...policy.parameters, ...wrong })).toThrowError(FloverError);
  }
});
