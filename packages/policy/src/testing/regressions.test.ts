import { expect, it } from 'vitest';
import type { MemoryConfig } from '../config.ts';
import { lookupPolicy } from '../policies/index.ts';
import type { ParameterValue } from '../policy.ts';
import type { CaseRequest, LawCase } from './case.ts';
import { checkCase } from './check-laws.ts';
import { laws } from './laws/index.ts';

/** Worlds in which a scheduler of this project once broke a law, as small as they were found. */
interface OldBug {
  readonly bug: string;
  readonly policy: string;
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  readonly memory: MemoryConfig;
  readonly planAhead: 0 | 1;
  readonly requests: readonly Partial<CaseRequest>[];
}

const oneByOne = { promptTokens: 1, maxOutputTokens: 1 };

const bugs: readonly OldBug[] = [
  {
    bug: 'beams that end with their prompt were decoded once more',
    policy: 'sequential',
    memory: { kind: 'contiguous', slots: 2, reordering: 'off' },
    planAhead: 1,
    requests: [{ ...oneByOne, group: 'beams', width: 2 }],
  },
  {
    bug: 'samples that end with their prompt were decoded once more',
    policy: 'static-batching',
    memory: { kind: 'paged', blocks: 3, blockTokens: 1, hostBlocks: 0 },
    planAhead: 1,
    requests: [{ ...oneByOne, group: 'samples', width: 2 }],
  },
  {
    bug: 'a group forked in the work that computed its prompt',
    policy: 'concurrent-instances',
    parameters: { instances: 2 },
    memory: { kind: 'slots', slots: 2 },
    planAhead: 0,
    requests: [{ promptTokens: 1, maxOutputTokens: 2, group: 'beams', width: 2 }],
  },
  {
    bug: 'a sequence swapped out in its prompt came back without room for the rest of it',
    policy: 'chunked-prefill',
    parameters: { tokenBudget: 3, chunkAlignment: 1, preemption: 'swap' },
    memory: { kind: 'paged', blocks: 11, blockTokens: 1, hostBlocks: 5 },
    planAhead: 0,
    requests: [
      { promptTokens: 5, maxOutputTokens: 3 },
      { promptTokens: 4, maxOutputTokens: 2 },
    ],
  },
  {
    bug: 'a sequence was released while a queued work still moved it',
    policy: 'continuous-batching',
    memory: { kind: 'contiguous', slots: 4, reordering: 'flover' },
    planAhead: 1,
    requests: [
      oneByOne,
      { ...oneByOne, cancelAfterNanos: 0 },
      oneByOne,
      oneByOne,
      { promptTokens: 1, maxOutputTokens: 2 },
    ],
  },
  {
    bug: 'a newcomer wrote into a slot that another lane was still moving away from',
    policy: 'temporal-fusion',
    memory: { kind: 'contiguous', slots: 3, reordering: 'least-bytes' },
    planAhead: 1,
    requests: [
      { promptTokens: 1, maxOutputTokens: 6 },
      { promptTokens: 1, maxOutputTokens: 2 },
      { promptTokens: 1, maxOutputTokens: 3 },
      { ...oneByOne, group: 'samples', width: 2 },
    ],
  },
  {
    bug: 'a sequence went out to the host and came back for ever',
    policy: 'concurrent-instances',
    parameters: { instances: 3, preemption: 'swap' },
    memory: { kind: 'paged', blocks: 4, blockTokens: 4, hostBlocks: 2 },
    planAhead: 0,
    requests: [
      oneByOne,
      { promptTokens: 4, maxOutputTokens: 6 },
      { promptTokens: 4, maxOutputTokens: 6 },
    ],
  },
  {
    bug: 'a preempted group forked from a sequence that had ended meanwhile',
    policy: 'temporal-fusion',
    memory: { kind: 'paged', blocks: 5, blockTokens: 2, hostBlocks: 0 },
    planAhead: 1,
    requests: [
      { promptTokens: 1, maxOutputTokens: 5 },
      { promptTokens: 2, maxOutputTokens: 2, group: 'samples', width: 2 },
    ],
  },
];

function worldOf({ policy, parameters = {}, memory, planAhead, requests }: OldBug): LawCase {
  const plain = { group: 'single', width: 1, gapNanos: 0, endsAt: [], cancelAfterNanos: undefined };
  const limits = { maxSequences: 6, maxSequenceTokens: 16 };
  return {
    scheduler: { policy: { name: policy, parameters }, memory, planAhead, ...limits },
    requests: requests.map((request) => ({ ...plain, ...request }) as CaseRequest),
    durationsNanos: [1],
    ties: 'ends-first',
  };
}

it.each(bugs.map((each) => [each.bug, each] as const))('no longer: %s', (_, bug) => {
  const definition = lookupPolicy(bug.policy);
  for (const law of laws) {
    const { violation } = checkCase({ definition }, law, worldOf(bug));
    expect(violation, law.name).toBeUndefined();
  }
});
