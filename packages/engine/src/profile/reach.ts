import type { SchedulerConfig } from '@flover/policy';
import type { RequestSource } from '@flover/workload';

/** How far a profile reaches: what lies beyond is extrapolated. */
export interface ProfileReach {
  /** Largest batch that is measured; as many slots are held. */
  readonly maxBatch: number;
  /** Longest sequence, tokens. */
  readonly maxContext: number;
  /** Lanes that decode side by side, where a policy has such: 1 leaves that out. Default 1. */
  readonly instances?: number;
}

/** One run made for the profile: what decides, and what arrives. */
export interface ProfileRun {
  readonly name: string;
  readonly config: SchedulerConfig;
  /** Made before, and now again on an engine opened anew. */
  readonly again?: boolean;
  /** Its requests, from the first. */
  source(): RequestSource;
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
