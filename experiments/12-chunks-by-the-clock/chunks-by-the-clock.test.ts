import { createScheduler, FloverError, type Work } from '@flover/policy';
import { lawSuite } from '@flover/policy/testing';
import { describe, expect, it } from 'vitest';
import policy from './chunks-by-the-clock.ts';

// Works of the laws' worlds take 1 to 9 ns: targets of 5 and 3 ns are kept and broken in turns.
const parameters = [
  { iterationTargetMs: 5e-6, smallestTokens: 2, largestTokens: 16, retryIterations: 2 },
  { iterationTargetMs: 3e-6, smallestTokens: 1, largestTokens: 8, retryIterations: 0 },
];
lawSuite(policy, { describe, it }, { parameters });

const MS = 1e6;

interface Traffic {
  readonly targetMs?: number;
  readonly prompts?: readonly number[];
  readonly outputTokens?: number;
  readonly maxSequences?: number;
}

/** Iterations of a device that takes `nanosOf` for one, with requests that all wait from the start. */
function iterations(
  nanosOf: (tokens: number, index: number) => number,
  { targetMs = 45, prompts = Array(60).fill(2000), ...limits }: Traffic = {},
): Work[] {
  const { outputTokens: maxOutputTokens = 20, maxSequences = 24 } = limits;
  const scheduler = createScheduler(
    {
      policy: { name: policy.name, parameters: { iterationTargetMs: targetMs } },
      memory: { kind: 'slots', slots: maxSequences },
      maxSequences,
      maxSequenceTokens: 2048,
      planAhead: 1,
    },
    policy,
  );
  const done: Work[] = [];
  const queued: Work[] = [];
  const take = (event: Parameters<typeof scheduler.step>[0]) => {
    for (const action of scheduler.step(event)) {
      if (action.kind === 'launch') queued.push(action.work);
    }
  };
  for (const [id, promptTokens] of prompts.entries()) {
    const shape = { promptTokens, maxOutputTokens, group: 'single', width: 1 } as const;
    take({ kind: 'arrive', timeNanos: 0, request: { id, arrivalNanos: 0, ...shape } });
  }
  let timeNanos = 0;
  while (queued.length > 0) {
    const work = queued.shift()!;
    timeNanos += nanosOf(work.newTokens, done.length);
    done.push(work);
    take({ kind: 'end', timeNanos, lane: 0, work: work.id, stopped: [] });
  }
  return done;
}

const sizes = (works: readonly Work[]) => works.map(({ newTokens }) => newTokens);

/** The size that most of the middle iterations had. */
function usual(works: readonly Work[]): number {
  const middle = sizes(works).slice(works.length / 4, works.length / 2);
  const counts = new Map<number, number>();
  for (const tokens of middle) counts.set(tokens, (counts.get(tokens) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]![0];
}

/** Tiles of 128 tokens, each as long as a whole one, and a read of all weights. */
const tiled = (tileMs: number) => (tokens: number) => (6 + tileMs * Math.ceil(tokens / 128)) * MS;

describe('the size of a chunk', () => {
  it('is the largest that keeps the target where more tokens are ever cheaper', () => {
    // 8 ms and 20 us a token: 1536 tokens take 38.7 ms, 2048 49.
    const works = iterations((tokens) => 8 * MS + tokens * 20_000);
    expect(usual(works)).toBe(1536);
  });

  it('follows the device: half as fast, half the tokens', () => {
    expect(usual(iterations(tiled(6)))).toBe(768);
    expect(usual(iterations(tiled(12)))).toBe(384);
    expect(usual(iterations(tiled(30)))).toBe(128);
  });

  it('is not larger than it pays', () => {
    // A second pass beyond 512 tokens costs more than it brings, though 768 keep the target.
    const passes = (tokens: number) => (10 + (tokens > 512 ? 18 : 0) + 0.02 * tokens) * MS;
    expect(usual(iterations(passes))).toBe(512);
  });

  it('breaks the target only to try, and tries again after 128 iterations', () => {
    // In proportion to 512 tokens 768 would take 44 ms, but they take 60.
    const nanosOf = (tokens: number) => (tokens > 512 ? 60 : tokens > 384 ? 29 : 25) * MS;
    const works = iterations(nanosOf);
    const broken = works.flatMap((work, index) =>
      nanosOf(work.newTokens) > 45 * MS ? [index] : [],
    );
    expect(works.length).toBeGreaterThan(140);
    expect(broken.length).toBeGreaterThanOrEqual(2);
    for (let i = 1; i < broken.length; i++) expect(broken[i]! - broken[i - 1]!).toBe(129);
  });

  it('is given up after a bad time, and comes back', () => {
    const steady = tiled(6);
    // Two in a row: a single one is put right by the iteration that was planned before it ended.
    const bad = (i: number) => i === 30 || i === 31;
    const works = sizes(iterations((tokens, i) => (bad(i) ? 200 * MS : steady(tokens))));
    expect(works.slice(20, 30)).toEqual(Array(10).fill(768));
    expect(works.slice(34, 100)).not.toContain(768);
    expect(works.slice(100)).toContain(768);
  });

  it('is not tried again and again by prompts that do not fill it', () => {
    // 600 tokens are more than 512 and never 768.
    const nanosOf = (tokens: number) => (tokens > 512 ? 60 : 29) * MS;
    const traffic = { prompts: Array(100).fill(600), outputTokens: 2, maxSequences: 1 };
    const works = sizes(iterations(nanosOf, traffic));
    const broken = works.flatMap((tokens, index) => (tokens > 512 ? [index] : []));
    expect(works.length).toBeGreaterThan(260);
    expect(broken.length).toBeGreaterThanOrEqual(2);
    for (let i = 1; i < broken.length; i++)
      expect(broken[i]! - broken[i - 1]!).toBeGreaterThan(128);
  });

  it('is left when prompts that do not fill it break the target', () => {
    // The device slows down, and nobody asks for a whole 512 tokens any more.
    const slowFrom = 100;
    const nanosOf = (tokens: number, i: number) =>
      (5 + 0.05 * tokens) * MS * (i < slowFrom ? 1 : 2);
    const prompts = [...Array(20).fill(1536), ...Array(60).fill(500)];
    const works = sizes(iterations(nanosOf, { prompts, outputTokens: 2, maxSequences: 1 }));
    expect(works.slice(0, slowFrom)).toContain(512);
    const later = works.slice(slowFrom + 4);
    expect(later.filter((tokens) => tokens === 500).length).toBeLessThan(later.length / 64);
  });

  it('is the smallest where nothing keeps the target, but larger than the decodes', () => {
    expect(usual(iterations(tiled(100)))).toBe(64);
    const traffic = { prompts: Array(120).fill(8), outputTokens: 100, maxSequences: 120 };
    const rows = iterations(tiled(100), traffic).map(({ sequences }) => sequences.length);
    expect(Math.max(...rows)).toBe(120);
  });
});

it('refuses sizes that cannot be', () => {
  for (const wrong of [{ smallestTokens: 0 }, { smallestTokens: 1.5 }, { largestTokens: 32 }]) {
    expect(() => policy.create({ ...policy.parameters, ...wrong })).toThrowError(FloverError);
  }
});
