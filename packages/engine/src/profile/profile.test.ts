import type { Action, SchedulerEvent } from '@flover/policy';
import { type MeasureRecord, modelNamed, type TraceSink } from '@flover/trace';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RunSignal } from '../run/signal.ts';
import { profileEngine } from './profile.ts';
import { batchSizes, longReach, type ProfileReach, promptLengths, wideReach } from './reach.ts';
import { profileRuns } from './runs.ts';

const reach = { maxBatch: 4, maxContext: 48 };
const model = {
  kind: 'synthetic',
  shape: modelNamed('tiny-llama'),
  dataType: 'f32',
  seed: 1,
} as const;

class Keeper implements TraceSink {
  readonly works = new Map<number, Extract<Action, { kind: 'launch' }>['work']>();
  readonly measures: MeasureRecord[] = [];
  readonly times: number[] = [];
  closed = 0;
  event(event: SchedulerEvent): void {
    this.times.push(event.timeNanos);
  }
  action(action: Action): void {
    if (action.kind === 'launch') this.works.set(action.work.id, action.work);
  }
  measure(record: MeasureRecord): void {
    this.measures.push(record);
  }
  close(): void {
    this.closed += 1;
  }
}

test('batch sizes stand on both sides of powers of two and end with the largest', () => {
  expect(batchSizes(20)).toEqual([1, 2, 3, 4, 6, 8, 9, 12, 16, 17, 20]);
  expect(promptLengths(260).slice(-7)).toEqual([128, 129, 192, 193, 256, 257, 260]);
  expect(promptLengths(2048).length).toBeLessThan(60);
});

test('short memory gives a wide engine and a long one, each within it', () => {
  const reach = { maxBatch: 32, maxContext: 2048 };
  expect(wideReach(reach)).toMatchObject(reach);
  expect(longReach(reach)).toMatchObject(reach);
  const short = { ...reach, kvTokens: 24 * 2048 };
  expect(wideReach(short)).toMatchObject({ maxBatch: 32, maxContext: 1536 });
  expect(longReach(short)).toMatchObject({ maxBatch: 24, maxContext: 2048 });
  const tiny = { ...reach, kvTokens: 4000 };
  expect(wideReach(tiny)).toMatchObject({ maxBatch: 3, maxContext: 1024 });
  expect(longReach(tiny)).toMatchObject({ maxBatch: 1, maxContext: 2048 });
  for (const run of profileRuns(short, 1)) {
    const { maxSequences, maxSequenceTokens } = run.config;
    expect(maxSequences * maxSequenceTokens).toBeLessThanOrEqual(24 * 2048);
    expect(maxSequenceTokens).toBe(run.second ? 2048 : 1536);
  }
});

test('prompts are met by decode up to the longest that fits, and alone as well', () => {
  const runs = profileRuns({ maxBatch: 32, maxContext: 2048, kvTokens: 24 * 2048 }, 1);
  const longest = (name: RegExp) => {
    const lengths = runs
      .filter((run) => name.test(run.name))
      .flatMap((run) => {
        const source = run.source();
        const found: number[] = [];
        while (source.peekNanos() !== undefined) {
          const request = source.take();
          found.push(request.promptTokens);
          source.finished(request.id, 0);
        }
        return found;
      });
    return Math.max(...lengths);
  };
  expect(longest(/beside .* decoding/)).toBe(2047);
  expect(longest(/^prefill of long prompts$/)).toBe(2047);
  expect(new Set(runs.map((run) => run.name)).size).toBe(runs.length);
});

test('long prompts go in chunks of several sizes beside decode, where they take more than two', () => {
  const budgets = (reach: ProfileReach) =>
    profileRuns(reach, 1)
      .filter((run) => /^prefill by .* decoding|^long prompts and decode/.test(run.name))
      .map(({ config }) => config.policy.parameters.tokenBudget);
  const long = budgets({ maxBatch: 32, maxContext: 2048, kvTokens: 24 * 2048 });
  expect(new Set(long)).toEqual(new Set([128, 256, 384, 448, 512]));
  expect(new Set(budgets({ maxBatch: 1, maxContext: 600 }))).toEqual(new Set([128, 256]));
  expect(budgets({ maxBatch: 8, maxContext: 128 })).toEqual([]);
});

test('small batches decode with contexts as long as only the longer slots allow', () => {
  const contexts = (reach: ProfileReach) =>
    profileRuns(reach, 1).flatMap(({ name, second }) =>
      second ? (/^decode, batch 1, context (\d+)$/.exec(name)?.[1] ?? []) : [],
    );
  expect(contexts({ maxBatch: 32, maxContext: 2048, kvTokens: 24 * 2048 })).toEqual(['1780']);
  expect(contexts({ maxBatch: 32, maxContext: 2048 })).toEqual([]);
});

test('every run measures something that fits, whatever the limits', () => {
  const limits = fc.record({
    maxBatch: fc.integer({ min: 1, max: 70 }),
    maxContext: fc.integer({ min: 8, max: 3000 }),
    instances: fc.constantFrom(1, 4),
  });
  fc.assert(
    fc.property(limits, (reach) => {
      const runs = profileRuns(reach, 1);
      expect(new Set(runs.map((run) => run.name)).size).toBe(runs.length);
      for (const run of runs) {
        const source = run.source();
        const first = source.peekNanos() === undefined ? undefined : source.take();
        expect(first, run.name).toBeDefined();
        const { promptTokens, outputTokens = 0 } = first!;
        expect(Math.min(promptTokens, outputTokens), run.name).toBeGreaterThan(0);
        expect(promptTokens + outputTokens, run.name).toBeLessThanOrEqual(
          run.config.maxSequenceTokens,
        );
      }
    }),
    { numRuns: 60 },
  );
});

test('2, 4, ... lanes run at once where a policy has so many', () => {
  const names = profileRuns({ maxBatch: 32, maxContext: 512, instances: 8 }, 1).map((r) => r.name);
  expect(names.filter((name) => /instances|lanes/.test(name))).toEqual([
    '2 concurrent instances',
    '2 concurrent instances, staggered',
    '4 concurrent instances',
    '4 concurrent instances, staggered',
    '8 concurrent instances',
    '8 concurrent instances, staggered',
    'decode beside 2 lanes of prompts',
  ]);
});

test('few rows decode beside prompts with contexts that leave room for all of them', () => {
  const far = (reach: ProfileReach) =>
    profileRuns(reach, 1).filter(({ name }) => /beside 4 decoding/.test(name));
  const [run, ...others] = far({ maxBatch: 32, maxContext: 2048, kvTokens: 24 * 2048 });
  expect(others).toEqual([]);
  const source = run!.source();
  const background = Array.from({ length: 4 }, () => source.take());
  for (const { promptTokens, outputTokens = 0 } of background) {
    expect(promptTokens).toBeGreaterThan(1800);
    expect(promptTokens + outputTokens).toBe(2048);
  }
  expect(far({ maxBatch: 4, maxContext: 2048 })).toEqual([]);
  expect(far({ maxBatch: 32, maxContext: 900 })).toEqual([]);
});

test('prompts beside decode fill no tile but the smallest', () => {
  const lengths = profileRuns({ maxBatch: 32, maxContext: 1536 }, 1)
    .filter(({ name }) => /^prefill up to .* decoding/.test(name))
    .flatMap((run) => {
      const source = run.source();
      const found: number[] = [];
      while (source.peekNanos() !== undefined) {
        const { id, promptTokens, outputTokens } = source.take();
        if (outputTokens === 1) found.push(promptTokens);
        source.finished(id, 0);
      }
      return found;
    });
  expect(new Set(lengths).size).toBeGreaterThan(8);
  expect(lengths.filter((tokens) => tokens > 32 && tokens % 64 === 0)).toEqual([]);
});

test('long prompts run on several lanes, one given while others hold their parts', () => {
  const reach = { maxBatch: 32, maxContext: 2048, kvTokens: 24 * 2048 };
  const long = (instances: number) =>
    profileRuns({ ...reach, instances }, 1).filter(({ name }) => /instances, long/.test(name));
  expect([1, 2, 4, 8].map((instances) => long(instances).length)).toEqual([0, 0, 1, 2]);
  for (const run of long(8)) {
    const source = run.source();
    const requests = [];
    while (source.peekNanos() !== undefined) requests.push(source.take());
    const passes = requests.map(({ promptTokens }) => Math.ceil(promptTokens / 512));
    expect(Math.max(...passes)).toBeGreaterThan(2);
    // At 15,000 tokens a second, the tokens of a prompt take longer than the next is away.
    const prompts = requests.reduce((sum, { promptTokens }) => sum + promptTokens, 0);
    expect(prompts / 15_000).toBeGreaterThan(requests.at(-1)!.arrivalNanos / 1e9);
  }
  expect(
    profileRuns({ maxBatch: 8, maxContext: 1024, instances: 8 }, 1).some(({ name }) =>
      /instances, long/.test(name),
    ),
  ).toBe(false);
});

test('each length comes after a pause and without one, in no order', () => {
  const run = profileRuns({ maxBatch: 32, maxContext: 2048 }, 1).find(
    ({ name }) => name === 'prompts after pauses',
  )!;
  const source = run.source();
  const seen = new Map<number, number[]>();
  let now = 0;
  for (let due = source.peekNanos(); due !== undefined; due = source.peekNanos()) {
    const { id, promptTokens } = source.take();
    seen.set(promptTokens, [...(seen.get(promptTokens) ?? []), due - now]);
    now = due + 1000;
    source.finished(id, now);
  }
  for (const pauses of seen.values()) {
    expect(pauses.toSorted((a, b) => a - b)).toEqual([0, 80_000_000]);
  }
  expect([...seen.keys()]).not.toEqual([...seen.keys()].toSorted((a, b) => a - b));
  expect(profileRuns({ maxBatch: 4, maxContext: 128 }, 1).map(({ name }) => name)).not.toContain(
    run.name,
  );
});

describe('a profile', () => {
  const keeper = new Keeper();
  const summary = profileEngine({
    ...reach,
    model,
    backend: 'cpu',
    threads: 2,
    seed: 5,
    sink: keeper,
  });

  test('measures every work once, all runs on one clock, and leaves the sink open', () => {
    expect(keeper.measures.map((m) => m.work).sort((a, b) => a - b)).toEqual([
      ...keeper.works.keys(),
    ]);
    expect(summary.works).toBe(keeper.works.size);
    expect(keeper.times).toEqual([...keeper.times].sort((a, b) => a - b));
    expect(keeper.closed).toBe(0);
    expect(summary.runs).toEqual(profileRuns(reach, 5).map((run) => run.name));
  });

  test('covers prefill lengths, decode batches, both in one work, and moves', () => {
    const works = [...keeper.works.values()];
    const batches = works
      .filter((w) => w.flags.every((flag) => flag === 3))
      .map((w) => w.flags.length);
    const prompts = works
      .filter((w) => w.flags.length === 1 && w.flags[0] === 2)
      .map((w) => w.to[0]);
    // Two contexts for each batch, each over many iterations.
    for (const batch of batchSizes(reach.maxBatch)) {
      expect(batches.filter((size) => size === batch).length).toBeGreaterThan(20);
    }
    expect(prompts).toEqual(expect.arrayContaining(promptLengths(reach.maxContext - 1)));
    expect(works.some((w) => w.flags.includes(3) && w.flags.some((flag) => flag !== 3))).toBe(true);
    expect(works.some((w) => w.moves.length > 0)).toBe(true);
  });
});

test('stops when asked to', () => {
  const signal = new RunSignal();
  signal.cancel();
  const sink = new Keeper();
  const summary = profileEngine({
    ...reach,
    model,
    backend: 'cpu',
    threads: 1,
    seed: 5,
    sink,
    signal,
  });
  expect(summary).toMatchObject({ works: 0, runs: [] });
});
