import type { SchedulerConfig } from '../config.ts';
import { ContiguousMemory } from './contiguous.ts';
import type { KvMemory } from './memory.ts';
import { PagedMemory } from './paged.ts';
import { TableMemory } from './slots.ts';

/** The KV memory that a configuration asks for. */
export function createMemory({ memory, maxSequenceTokens }: SchedulerConfig): KvMemory {
  switch (memory.kind) {
    case 'slots':
      return new TableMemory(memory.slots, maxSequenceTokens);
    case 'contiguous':
      return new ContiguousMemory(memory.slots, maxSequenceTokens, memory.reordering);
    case 'paged':
      return new PagedMemory(memory.blocks, memory.blockTokens, memory.hostBlocks);
  }
}
