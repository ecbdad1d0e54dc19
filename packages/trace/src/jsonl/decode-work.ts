import type { Work } from '@flover/policy';
import type { LaunchLine } from '../schema.ts';
import { workTotals } from './work-totals.ts';

/** A work from its line; a text that says what is wrong when the rows do not fit together. */
export function decodeWork(line: LaunchLine): Work | string {
  const rows = line.s.length;
  const flags = typeof line.f === 'number' ? new Array<number>(rows).fill(line.f) : line.f;
  const columns = { p: line.p, n: line.n ?? line.p, f: flags };
  for (const [name, column] of Object.entries(columns)) {
    if (column.length !== rows) return `s has ${rows} rows, but ${name} has ${column.length}`;
  }
  const to = line.p.map((from, i) => from + (line.n === undefined ? 1 : line.n[i]!));
  const totals = workTotals(line.p, to, flags);
  return {
    id: line.work,
    lane: line.lane,
    sequences: line.s,
    from: line.p,
    to,
    flags,
    deadRows: line.dead,
    swaps: line.swaps.map(([sequence, direction, tokens, blocks]) => ({
      sequence,
      direction,
      tokens,
      blocks,
    })),
    moves: line.moves.map(([sequence, index, fromBlock, toBlock, tokens]) => ({
      sequence,
      index,
      fromBlock,
      toBlock,
      tokens,
    })),
    placements: line.places.map(([sequence, index, block]) => ({ sequence, index, block })),
    forks: line.forks.map(([from, to, tokens]) => ({ from, to, tokens })),
    newTokens: line.newTokens ?? totals.newTokens,
    decodeKvTokens: line.decodeKvTokens ?? totals.decodeKvTokens,
  };
}
