import type { MemoryConfig, SchedulerConfig } from '@flover/policy';
import { modelNamed, type TraceSink } from '@flover/trace';
import { describe, expect, test } from 'vitest';
import { limitsFor } from '../limits.ts';
import { rehearse } from './rehearsal.ts';
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
    expect(() => rehearse(untouchable(config), config)).not.toThrow();
  });
});

test('the times of a rehearsal are small integers and larger ones, as those of a run', () => {
  const config: SchedulerConfig = {
    policy: { name: 'temporal-fusion', parameters: {} },
    memory: { kind: 'slots', slots: 6 },
    maxSequences: 6,
    maxSequenceTokens: 512,
    planAhead: 1,
  };
  expect(rehearse(untouchable(config), config)).toBeGreaterThan(2 ** 31);
});

test('what a run is written with hears a whole run at each serving', () => {
  const config: SchedulerConfig = {
    policy: { name: 'temporal-fusion', parameters: {} },
    memory: { kind: 'slots', slots: 6 },
    maxSequences: 6,
    maxSequenceTokens: 512,
    planAhead: 1,
  };
  const heard: string[][] = [];
  rehearse(untouchable(config), config, () => {
    const kinds: string[] = [];
    heard.push(kinds);
    const sink: TraceSink = {
      event: ({ kind }) => kinds.push(kind),
      action: ({ kind }) => kinds.push(kind),
      measure: ({ kind }) => kinds.push(kind),
      close: ({ kind }) => kinds.push(kind),
    };
    return { sink, request: () => kinds.push('request') };
  });
  const all = ['request', 'arrive', 'admit', 'launch', 'measure', 'end', 'finish', 'release'];
  expect(heard.length).toBeGreaterThan(1);
  for (const kinds of heard) {
    expect(new Set(kinds)).toEqual(new Set([...all, 'footer']));
    expect(kinds.at(-1)).toBe('footer');
    expect(kinds.filter((kind) => kind === 'request')).toHaveLength(6);
  }
});
