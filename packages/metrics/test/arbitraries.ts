import { createScheduler, definePolicy, type SchedulerConfig, type Work } from '@flover/policy';
import type { TraceRecord } from '@flover/trace';
import fc from 'fast-check';
import { execute, type TestRequest } from './executor.ts';

/** Decodes the even and the odd half of its sequences in turn: rows leave and come back. */
const alternating = definePolicy({
  name: 'alternating',
  parameters: {},
  create() {
    let turn = 0;
    return {
      name: 'alternating',
      lanes: ['all'],
      plan(_lane, plan) {
        for (const request of [...plan.waiting]) if (plan.admit(request).length === 0) break;
        turn++;
        let rows = 0;
        for (const sequence of plan.sequences) {
          if (sequence.state === 'prefill') rows += plan.prefill(sequence, 3) ? 1 : 0;
          else if (sequence.state === 'decode' && sequence.id % 2 === turn % 2) {
            rows += plan.decode(sequence) ? 1 : 0;
          }
        }
        if (rows === 0) plan.decodeAll();
      },
    };
  },
});

const POLICIES = [
  'alternating',
  'temporal-fusion',
  'sequential',
  'static-batching',
  'dynamic-batching',
  'concurrent-instances',
  'continuous-batching',
  'chunked-prefill',
] as const;

/** A run with the scheduler that made it: same arguments, same run. */
export interface Case {
  readonly config: SchedulerConfig;
  readonly requests: readonly TestRequest[];
  readonly seed: number;
}

export function schedulerOf({ config }: Case) {
  const mine = config.policy.name === 'alternating';
  return mine ? createScheduler(config, alternating) : createScheduler(config);
}

/** A duration that depends on the work and a seed only. */
export function durationOf(seed: number): (work: Work) => number {
  return (work) => {
    const mixed = Math.imul(work.id + 1, 2654435761) ^ Math.imul(seed + 1, 40503);
    return 1000 + 40 * work.newTokens + 3 * work.decodeKvTokens + ((mixed >>> 8) % 400);
  };
}

export function runCase(testCase: Case): TraceRecord[] {
  const durationNanos = durationOf(testCase.seed);
  return execute(testCase.requests, schedulerOf(testCase), { durationNanos });
}

const request = fc.record({
  gapNanos: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 30_000 })),
  promptTokens: fc.integer({ min: 1, max: 12 }),
  maxOutputTokens: fc.integer({ min: 1, max: 10 }),
  stopsAt: fc.integer({ min: 1, max: 12 }),
  width: fc.constantFrom(1, 1, 1, 1, 2, 3),
  cancelAfterNanos: fc.option(fc.integer({ min: 1, max: 40_000 }), { nil: undefined, freq: 6 }),
});

type RequestRow = typeof request extends fc.Arbitrary<infer Row> ? Row : never;

function toRequests(rows: readonly RequestRow[]): TestRequest[] {
  let arrivalNanos = 500;
  return rows.map(({ gapNanos, stopsAt, cancelAfterNanos, width, ...lengths }, id) => {
    arrivalNanos += gapNanos;
    return {
      id,
      arrivalNanos,
      ...lengths,
      width,
      group: width === 1 ? 'single' : 'samples',
      outputTokens: Math.min(stopsAt, lengths.maxOutputTokens),
      ...(cancelAfterNanos && { cancelNanos: arrivalNanos + cancelAfterNanos }),
    };
  });
}

/** Any policy, memory and short workload, with ends, cancels, groups and preemption. */
export const cases: fc.Arbitrary<Case> = fc
  .record({
    policy: fc.constantFrom(...POLICIES),
    memory: fc.constantFrom(
      { kind: 'slots', slots: 6 } as const,
      { kind: 'contiguous', slots: 6, reordering: 'flover' } as const,
      { kind: 'contiguous', slots: 6, reordering: 'off' } as const,
      { kind: 'paged', blocks: 14, blockTokens: 4, hostBlocks: 8 } as const,
    ),
    planAhead: fc.constantFrom(0, 1) as fc.Arbitrary<0 | 1>,
    rows: fc.array(request, { minLength: 1, maxLength: 12 }),
    seed: fc.nat(1000),
  })
  // The alternating policy knows no preemption: paged memory could run dry under it for ever.
  .filter(({ policy, memory }) => policy !== 'alternating' || memory.kind !== 'paged')
  .map(({ policy, memory, planAhead, rows, seed }) => ({
    config: {
      policy: { name: policy, parameters: {} },
      memory,
      maxSequences: 6,
      maxSequenceTokens: 24,
      planAhead,
    },
    requests: toRequests(rows),
    seed,
  }));
