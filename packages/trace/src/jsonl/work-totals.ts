import { RowFlag } from '@flover/policy';

/** What a work's rows add up to. */
export interface WorkTotals {
  newTokens: number;
  decodeKvTokens: number;
}

/** Sums over the rows: new tokens, and the KV that decode attention reads. */
export function workTotals(
  from: ArrayLike<number>,
  to: ArrayLike<number>,
  flags: ArrayLike<number>,
): WorkTotals {
  let newTokens = 0;
  let decodeKvTokens = 0;
  for (let i = 0; i < from.length; i++) {
    newTokens += to[i]! - from[i]!;
    if (flags[i]! & RowFlag.Decode) decodeKvTokens += to[i]!;
  }
  return { newTokens, decodeKvTokens };
}
