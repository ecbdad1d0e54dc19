import { FloverError } from './error.ts';
import type { ParameterValue } from './policy.ts';

/** When `contiguous` memory has a hole in its window: leave it, or which slots to move. */
export type Reordering = 'off' | 'flover' | 'least-bytes';

/** How KV memory is divided. A slot holds `maxSequenceTokens` tokens. */
export type MemoryConfig =
  | { readonly kind: 'slots'; readonly slots: number }
  | { readonly kind: 'contiguous'; readonly slots: number; readonly reordering: Reordering }
  | {
      readonly kind: 'paged';
      readonly blocks: number;
      readonly blockTokens: number;
      /** Blocks in host memory for swapped-out sequences; 0 for none. */
      readonly hostBlocks: number;
    };

/** All that a scheduler is made from: plain JSON, so that a trace can carry it. */
export interface SchedulerConfig {
  readonly policy: {
    readonly name: string;
    /** Missing parameters take their defaults. */
    readonly parameters: Readonly<Record<string, ParameterValue>>;
  };
  readonly memory: MemoryConfig;
  /** Sequences that executors know at once: admitted and not released. */
  readonly maxSequences: number;
  /** Prompt plus output tokens of one sequence. */
  readonly maxSequenceTokens: number;
  /** 1: the next work of a lane is decided when the one before it starts. */
  readonly planAhead: 0 | 1;
}

/** Throws FloverError `invalid-config` when a limit is impossible. */
export function validateConfig(config: SchedulerConfig): void {
  const { memory } = config;
  atLeast('maxSequences', config.maxSequences, 1);
  atLeast('maxSequenceTokens', config.maxSequenceTokens, 2);
  oneOf('planAhead', config.planAhead, [0, 1]);
  oneOf('memory.kind', memory.kind, ['slots', 'contiguous', 'paged']);
  if (memory.kind === 'paged') {
    atLeast('memory.blocks', memory.blocks, 1);
    atLeast('memory.blockTokens', memory.blockTokens, 1);
    atLeast('memory.hostBlocks', memory.hostBlocks, 0);
  } else {
    atLeast('memory.slots', memory.slots, 1);
  }
  if (memory.kind === 'contiguous') {
    oneOf('memory.reordering', memory.reordering, ['off', 'flover', 'least-bytes']);
  }
}

function atLeast(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new FloverError(
    'invalid-config',
    `${name} is ${value}; a whole number of at least ${least} is allowed`,
    `set ${name} in the scheduler's configuration`,
  );
}

function oneOf(name: string, value: string | number, allowed: readonly (string | number)[]): void {
  if (allowed.includes(value)) return;
  throw new FloverError(
    'invalid-config',
    `${name} is '${value}'; allowed: ${allowed.join(', ')}`,
    `set ${name} in the scheduler's configuration`,
  );
}
