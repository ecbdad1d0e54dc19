import { constants, PerformanceObserver } from 'node:perf_hooks';
import { FloverError, type MemoryConfig, type SchedulerConfig } from '@flover/policy';
import { type FooterRecord, modelNamed, nullSink } from '@flover/trace';
import { describe, expect, test } from 'vitest';
import { limitsFor } from '../limits.ts';
import { madeUp, rehearse } from './rehearsal.ts';
import type { RunOptions } from './run.ts';

/** An engine whose device must not be touched. */
function untouchable(config: SchedulerConfig): RunOptions['engine'] {
  const model = { shape: modelNamed('tiny-llama'), dataType: 'f32' as const, endTokens: [] };
  return {
    model,
    limits: limitsFor(config, 2, 1),
    get native(): never {
      throw new Error('the rehearsal touched the device');
    },
  };
}

const memories: readonly MemoryConfig[] = [
  { kind: 'slots', slots: 6 },
  { kind: 'contiguous', slots: 6, reordering: 'least-bytes' },
  { kind: 'paged', blocks: 9, blockTokens: 8, hostBlocks: 4 },
];

describe.each(memories)('a rehearsal with $kind memory', (memory) => {
  test.each([2, 9, 64])('ends without the device, for sequences of %i tokens', (tokens) => {
    const config: SchedulerConfig = {
      policy: { name: 'sequential', parameters: {} },
      memory,
      maxSequences: 6,
      maxSequenceTokens: tokens,
      planAhead: 1,
    };
    expect(() => rehearse(untouchable(config), madeUp(config))).not.toThrow();
  });
});

const config: SchedulerConfig = {
  policy: { name: 'temporal-fusion', parameters: {} },
  memory: { kind: 'slots', slots: 6 },
  maxSequences: 6,
  maxSequenceTokens: 512,
  planAhead: 1,
};

test('the times of a rehearsal are small integers and larger ones, as those of a run', () => {
  expect(rehearse(untouchable(config), madeUp(config))).toBeGreaterThan(2 ** 31);
});

test('a rehearsal is the run that it is given, again and again, and cut off where it is long', () => {
  const heard: string[][] = [];
  rehearse(untouchable(config), () => {
    const kinds: string[] = [];
    heard.push(kinds);
    const hear = ({ kind }: { readonly kind: string }): void => {
      kinds.push(kind);
    };
    return {
      ...madeUp(config)(),
      sink: { event: hear, action: hear, measure: hear, close: (f) => kinds.push(f.outcome) },
    };
  });
  expect(heard.length).toBeGreaterThan(1);
  for (const [i, kinds] of heard.entries()) {
    expect(kinds.filter((kind) => kind === 'arrive')).toHaveLength(6);
    expect(kinds.at(-1)).toBe(i + 1 < heard.length ? 'complete' : 'cancelled');
  }
  // It stops where the last of 4,000 works would end.
  expect(heard.flat().filter((kind) => kind === 'end')).toHaveLength(3999);
});

test('all garbage is collected before it, and only young garbage after: the code stays', async () => {
  const forced: { readonly major: boolean; readonly startMs: number }[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { kind, flags = 0 } = (entry as { detail?: { kind?: number; flags?: number } }).detail!;
      if ((flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) === 0) continue;
      const major = kind === constants.NODE_PERFORMANCE_GC_MAJOR;
      forced.push({ major, startMs: entry.startTime });
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  let openedMs: number | undefined;
  rehearse(untouchable(config), () => {
    openedMs ??= performance.now();
    return madeUp(config)();
  });
  await new Promise((resolve) => setTimeout(resolve, 10));
  observer.disconnect();
  expect(forced[0]).toMatchObject({ major: true });
  expect(forced[0]!.startMs).toBeLessThan(openedMs!);
  expect(forced.length).toBeGreaterThan(1);
  expect(forced.slice(1).filter(({ major }) => major)).toEqual([]);
});

test('what a user did wrong is left for the run to tell; what the program did wrong is not', () => {
  const outcomes: string[] = [];
  const failing = (error: Error) => () => {
    const { scheduler } = madeUp(config)();
    const take = (): never => {
      throw error;
    };
    const sink = { ...nullSink, close: (f: FooterRecord) => void outcomes.push(f.outcome) };
    return { scheduler, sink, source: { count: 1, peekNanos: () => 0, take, finished() {} } };
  };
  const wrong = new FloverError('sampling-invalid', 'request 0: sampling.stop is [-1]');
  expect(rehearse(untouchable(config), failing(wrong))).toBe(0);
  expect(outcomes).toEqual(['failed']);
  expect(() => rehearse(untouchable(config), failing(new TypeError('a bug')))).toThrow('a bug');
});
