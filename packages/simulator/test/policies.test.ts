import { builtInPolicies, type MemoryConfig } from '@flover/policy';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LinearCostModel } from '../src/cost-models/linear.ts';
import { record, schedulerConfig } from './support/run.ts';
import { listSource } from './support/source.ts';

const names = builtInPolicies.map(({ name }) => name);

const memories: fc.Arbitrary<MemoryConfig> = fc.constantFrom<MemoryConfig>(
  { kind: 'slots', slots: 4 },
  { kind: 'contiguous', slots: 5, reordering: 'off' },
  { kind: 'contiguous', slots: 5, reordering: 'flover' },
  { kind: 'contiguous', slots: 5, reordering: 'least-bytes' },
  { kind: 'paged', blocks: 24, blockTokens: 4, hostBlocks: 0 },
  { kind: 'paged', blocks: 24, blockTokens: 4, hostBlocks: 16 },
);

const request = fc.record(
  {
    gapNanos: fc.oneof(fc.constant(0), fc.nat(20_000)),
    promptTokens: fc.integer({ min: 1, max: 30 }),
    maxOutputTokens: fc.integer({ min: 1, max: 30 }),
    outputTokens: fc.integer({ min: 1, max: 40 }),
    cancelAfterNanos: fc.nat(60_000),
    grouped: fc.constantFrom(
      { group: 'samples' as const, width: 2 },
      { group: 'beams' as const, width: 3 },
    ),
  },
  { requiredKeys: ['gapNanos', 'promptTokens', 'maxOutputTokens'] },
);

const costs = fc.record({
  iterationNanos: fc.nat(2000),
  decodeKvTokenNanos: fc.nat(20),
  prefillTokenNanos: fc.nat(100),
  movedTokenNanos: fc.nat(10),
  swappedTokenNanos: fc.nat(30),
  planNanos: fc.nat(100),
  launchNanos: fc.nat(100),
  interference: fc.constantFrom(0, 0.3, 1),
});

describe.each(names)('%s', (policy) => {
  test('finishes random workloads, each request once, in order of time', () => {
    fc.assert(
      fc.property(
        fc.array(request, { minLength: 1, maxLength: 25 }),
        memories,
        costs,
        fc.constantFrom(0 as const, 1 as const),
        (list, memory, cost, planAhead) => {
          let arrivalNanos = 0;
          const requests = list.map(({ gapNanos, grouped, ...rest }) => {
            arrivalNanos += gapNanos;
            return { arrivalNanos, ...rest, ...grouped };
          });
          const config = schedulerConfig(policy, { memory, planAhead, maxSequenceTokens: 64 });
          const { records, result } = record(
            config,
            listSource(requests),
            new LinearCostModel(cost),
          );
          expect(result.requests).toBe(requests.length);
          const ends: number[] = [];
          let nowNanos = 0;
          for (const entry of records) {
            if (entry.kind === 'event') {
              expect(entry.event.timeNanos).toBeGreaterThanOrEqual(nowNanos);
              nowNanos = entry.event.timeNanos;
            } else if (entry.kind === 'action') {
              const { action } = entry;
              if (action.kind === 'finish' || action.kind === 'refuse') ends.push(action.request);
              if (action.kind === 'finish' && action.reason !== 'cancelled') {
                const { maxOutputTokens, outputTokens = maxOutputTokens } =
                  requests[action.request];
                expect(action.outputTokens).toBe(Math.min(maxOutputTokens, outputTokens));
              }
            }
          }
          expect(ends.sort((a, b) => a - b)).toEqual(requests.map((_, id) => id));
        },
      ),
      { numRuns: 150 },
    );
  });
});
