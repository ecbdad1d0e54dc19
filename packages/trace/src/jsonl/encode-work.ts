import type { Work } from '@flover/policy';
import type { ByteBuffer } from './byte-buffer.ts';
import { workTotals } from './work-totals.ts';

/** A launched work, from `"work":` on; see docs/trace-format.md for what is left out when. */
export function encodeWork(out: ByteBuffer, work: Work): void {
  out.ascii('"work":');
  out.number(work.id);
  out.ascii(',"lane":');
  out.number(work.lane);
  encodeRows(out, work);
  if (work.deadRows !== 0) {
    out.ascii(',"dead":');
    out.number(work.deadRows);
  }
  encodePreparation(out, work);
  const totals = workTotals(work.from, work.to, work.flags);
  if (totals.newTokens !== work.newTokens) {
    out.ascii(',"newTokens":');
    out.number(work.newTokens);
  }
  if (totals.decodeKvTokens !== work.decodeKvTokens) {
    out.ascii(',"decodeKvTokens":');
    out.number(work.decodeKvTokens);
  }
}

function encodeRows(out: ByteBuffer, work: Work): void {
  out.ascii(',"s":');
  out.numbers(work.sequences);
  out.ascii(',"p":');
  out.numbers(work.from);
  const { from, to, flags } = work;
  const rows = from.length;
  let single = true;
  let sameFlags = rows > 0;
  for (let i = 0; i < rows; i++) {
    if (to[i] !== from[i]! + 1) single = false;
    if (flags[i] !== flags[0]) sameFlags = false;
  }
  if (!single) {
    out.ascii(',"n":[');
    for (let i = 0; i < rows; i++) {
      if (i > 0) out.ascii(',');
      out.number(to[i]! - from[i]!);
    }
    out.ascii(']');
  }
  out.ascii(',"f":');
  if (sameFlags) out.number(flags[0]!);
  else out.numbers(flags);
}

/** What comes before the rows: swaps, moves, placements, forks. */
function encodePreparation(out: ByteBuffer, work: Work): void {
  const { swaps, moves, placements, forks } = work;
  if (swaps.length > 0) {
    out.ascii(',"swaps":');
    out.json(swaps.map((s) => [s.sequence, s.direction, s.tokens, Array.from(s.blocks)]));
  }
  if (moves.length > 0) {
    out.ascii(',"moves":');
    out.json(moves.map((m) => [m.sequence, m.index, m.fromBlock, m.toBlock, m.tokens]));
  }
  if (placements.length > 0) {
    out.ascii(',"places":');
    out.json(placements.map((p) => [p.sequence, p.index, p.block]));
  }
  if (forks.length > 0) {
    out.ascii(',"forks":');
    out.json(forks.map((f) => [f.from, f.to, f.tokens]));
  }
}
