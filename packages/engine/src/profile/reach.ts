import type { SchedulerConfig } from '@flover/policy';
import type { RequestSource } from '@flover/workload';

/** How far a profile reaches: what lies beyond is extrapolated. */
export interface ProfileReach {
  /** Largest batch that is measured; as many slots are held. */
  readonly maxBatch: number;
  /** Longest sequence, tokens. */
  readonly maxContext: number;
  /** KV that the engine holds at once, tokens. Default: for `maxBatch` of the longest sequences. */
  readonly kvTokens?: number;
  /** Lanes that decode side by side, where a policy has such: 1 leaves that out. Default 1. */
  readonly instances?: number;
}

/** One run made for the profile: what decides, and what arrives. */
export interface ProfileRun {
  readonly name: string;
  readonly config: SchedulerConfig;
  /** Made on the second engine, whose slots are fewer and longer where memory is short. */
  readonly second?: boolean;
  /** Its requests, from the first. */
  source(): RequestSource;
}

/** As wide as asked, with slots as long as the KV memory allows then: at least half as long as asked. */
export function wideReach(reach: ProfileReach): ProfileReach {
  const tokens = kvTokensOf(reach);
  const shared = Math.floor(tokens / reach.maxBatch);
  const maxContext = Math.min(reach.maxContext, Math.max(shared, Math.ceil(reach.maxContext / 2)));
  return { ...reach, maxContext, maxBatch: slotsOf(reach, maxContext) };
}

/** As long as asked, with as many slots as the KV memory allows then. */
export function longReach(reach: ProfileReach): ProfileReach {
  return { ...reach, maxBatch: slotsOf(reach, reach.maxContext) };
}

function kvTokensOf({ kvTokens, maxBatch, maxContext }: ProfileReach): number {
  return kvTokens ?? maxBatch * maxContext;
}

function slotsOf(reach: ProfileReach, tokens: number): number {
  return Math.max(1, Math.min(reach.maxBatch, Math.floor(kvTokensOf(reach) / tokens)));
}

/**
 * 1, 2, 3, 4, 6, 8, 9, 12, 16, 17, 24, ... up to and with `largest`: half octaves, and from 8 on
 * both sides of every power of two, where engines go over to another graph, tile or pass.
 */
export function batchSizes(largest: number): number[] {
  const sizes = new Set([1, largest]);
  for (let size = 2; size <= largest; size *= 2) {
    for (const each of [size, ...(size < 8 ? [] : [size + 1]), (size * 3) / 2]) {
      if (each <= largest) sizes.add(each);
    }
  }
  return [...sizes].sort((a, b) => a - b);
}

/**
 * As batch sizes, and both sides of every multiple of 64 (from 512 on 128, from 1024 on 256 tokens):
 * a prompt's time jumps where it needs another tile.
 */
export function promptLengths(longest: number): number[] {
  const lengths = new Set(batchSizes(longest));
  let tile = 64;
  for (let length = tile; length <= longest; length += tile) {
    lengths.add(length);
    if (length < longest) lengths.add(length + 1);
    if (length === 512 || length === 1024) tile *= 2;
  }
  return [...lengths].sort((a, b) => a - b);
}
