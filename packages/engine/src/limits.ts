import { FloverError, type SchedulerConfig } from '@flover/policy';
import type { ModelShape } from '@flover/trace';

/** Memory and limits of an engine, fixed while it is open. Mirrors EngineConfig of model.h. */
export interface EngineLimits {
  /** Serial execution contexts; lane 0 has the highest priority. */
  readonly lanes: number;
  /** KV blocks on the device; for slot memories a block is a slot. */
  readonly blocks: number;
  readonly blockTokens: number;
  /** KV blocks in host memory, for swapped-out sequences. */
  readonly hostBlocks: number;
  /** Sequences known at once. */
  readonly maxSequences: number;
  /** Prompt plus output tokens of one sequence. */
  readonly maxSequenceTokens: number;
  /** New tokens in one work, prefill included. */
  readonly maxRowTokens: number;
  /** CPU backend: compute threads in all; 0 takes every core. */
  readonly threads: number;
}

/** What the native side allows. */
const MOST_ROW_TOKENS = 2 ** 24;

/** The limits that an engine needs to obey a scheduler of this configuration. */
export function limitsFor(config: SchedulerConfig, lanes: number, threads = 0): EngineLimits {
  const { memory, maxSequences, maxSequenceTokens } = config;
  const paged = memory.kind === 'paged';
  return {
    lanes,
    blocks: paged ? memory.blocks : memory.slots,
    blockTokens: paged ? memory.blockTokens : maxSequenceTokens,
    hostBlocks: paged ? memory.hostBlocks : 0,
    maxSequences,
    maxSequenceTokens,
    // A policy may put every prompt there is into one work; a backend takes it in passes of its own.
    maxRowTokens: Math.min(maxSequences * maxSequenceTokens, MOST_ROW_TOKENS),
    threads,
  };
}

/** Throws `limits-invalid` where a model cannot be run within these limits. */
export function checkLimits(shape: ModelShape, limits: EngineLimits): void {
  for (const [name, value] of Object.entries(limits)) {
    const least = name === 'hostBlocks' || name === 'threads' ? 0 : 1;
    if (!Number.isSafeInteger(value) || value < least || value >= 2 ** 31) {
      fail(`${name} is ${value}; allowed: a whole number from ${least} to 2147483647`);
    }
  }
  if (limits.maxSequenceTokens > shape.maxPositions) {
    fail(
      `maxSequenceTokens is ${limits.maxSequenceTokens}, model '${shape.name}' allows ${shape.maxPositions}`,
      'shorten prompt plus output, or take a model with more positions',
    );
  }
}

function fail(message: string, hint?: string): never {
  throw new FloverError('limits-invalid', message, hint);
}
