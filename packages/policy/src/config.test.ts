import { expect, it } from 'vitest';
import { type SchedulerConfig, validateConfig } from './config.ts';

const good: SchedulerConfig = {
  policy: { name: 'sequential', parameters: {} },
  memory: { kind: 'contiguous', slots: 2, reordering: 'flover' },
  maxSequences: 2,
  maxSequenceTokens: 8,
  planAhead: 0,
};

it('takes a possible configuration', () => {
  expect(() => validateConfig(good)).not.toThrow();
});

it.each([
  [{ maxSequences: 0 }, 'maxSequences'],
  [{ maxSequenceTokens: 2.5 }, 'maxSequenceTokens'],
  [{ planAhead: 2 }, 'planAhead'],
  [{ memory: { kind: 'heap' } }, 'memory.kind'],
  [{ memory: { kind: 'slots', slots: 0 } }, 'memory.slots'],
  [{ memory: { kind: 'contiguous', slots: 2, reordering: 'on' } }, 'memory.reordering'],
  [{ memory: { kind: 'paged', blocks: 0, blockTokens: 1, hostBlocks: 0 } }, 'memory.blocks'],
  [{ memory: { kind: 'paged', blocks: 1, blockTokens: 0, hostBlocks: 0 } }, 'memory.blockTokens'],
  [{ memory: { kind: 'paged', blocks: 1, blockTokens: 1, hostBlocks: -1 } }, 'memory.hostBlocks'],
])('names what is impossible in %o', (change, name) => {
  expect(() => validateConfig({ ...good, ...change } as SchedulerConfig)).toThrowError(
    expect.objectContaining({
      code: 'invalid-config',
      message: expect.stringContaining(`${name} is`),
    }),
  );
});
