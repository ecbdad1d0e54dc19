import type { SchedulerConfig } from '@flover/policy';
import type { WorkloadConfig } from '@flover/workload';
import { conversations } from './conversation.ts';

/** One line of the table, as plain JSON: it is measured in a process of its own. */
export interface BenchCase {
  readonly title: string;
  readonly scheduler: SchedulerConfig;
  readonly workload: WorkloadConfig;
  /** Runs before the measured ones, and measured ones, of which the least disturbed counts. */
  readonly warmups: number;
  readonly runs: number;
  readonly promises: readonly Bound[];
}

/** What one of the figures must reach, or stay below. */
export interface Bound {
  readonly figure: 'requestsPerSecond' | 'iterationsPerSecond' | 'milliseconds' | 'peakGigabytes';
  readonly bound: number;
}

function scheduler(policy: string): SchedulerConfig {
  return {
    policy: { name: policy, parameters: {} },
    memory: { kind: 'slots', slots: 64 },
    maxSequences: 64,
    maxSequenceTokens: 4096,
    planAhead: 1,
  };
}

/** 64 requests are always in the system: each end lets the next one in. */
const always64 = { kind: 'closed-loop', concurrency: 64, thinkTimeMs: 0 } as const;

function fusion(requests: number, warmups: number, runs: number): BenchCase {
  return {
    title: `temporal fusion, 64 concurrent, ${requests.toLocaleString('en')} conversations`,
    scheduler: scheduler('temporal-fusion'),
    workload: conversations(requests, always64),
    warmups,
    runs,
    promises: [
      { figure: 'requestsPerSecond', bound: 75_000 },
      { figure: 'peakGigabytes', bound: 1.5 },
    ],
  };
}

/** Promises: 100 times Vidur's 754 requests/s and 4,307 iterations/s on two cores. */
export const cases: readonly BenchCase[] = [
  fusion(10_000, 1, 15),
  fusion(100_000, 1, 7),
  fusion(1_000_000, 0, 3),
  {
    // 21 requests/s give about the 5.7 iterations a request of the run that the promise quotes.
    title: 'chunked prefill, Poisson at 21/s, 10,000 conversations',
    scheduler: scheduler('chunked-prefill'),
    workload: conversations(10_000, { kind: 'poisson', requestsPerSecond: 21 }),
    warmups: 1,
    runs: 15,
    promises: [{ figure: 'iterationsPerSecond', bound: 430_000 }],
  },
  {
    title: 'chunked prefill, 64 concurrent, 10,000 conversations',
    scheduler: scheduler('chunked-prefill'),
    workload: conversations(10_000, always64),
    warmups: 1,
    runs: 15,
    promises: [{ figure: 'requestsPerSecond', bound: 75_000 }],
  },
  // The first run of a process is interpreted and compiled while it lasts; the later ones are not.
  experiment('first run of a process, all cold', 0, 1),
  experiment('second run of a process', 1, 1),
  experiment('warm', 5, 21),
];

/** 32 requests of 512 tokens, half a second apart: the published constant-interval experiment. */
function experiment(what: string, warmups: number, runs: number): BenchCase {
  return {
    title: `32 requests of 512 tokens, ${what}`,
    scheduler: scheduler('temporal-fusion'),
    workload: {
      kind: 'synthetic',
      requests: 32,
      arrivals: { kind: 'constant', intervalMs: 500 },
      prompt: { kind: 'fixed', tokens: 8 },
      output: { kind: 'fixed', tokens: 504 },
    },
    warmups,
    runs,
    promises: [{ figure: 'milliseconds', bound: 20 }],
  };
}
