/** What a slot weighs in the choice of a window; a slot that must stay weighs `PINNED`. */
export const PINNED = Number.POSITIVE_INFINITY;
/** A slot that no sequence holds and that may be moved into. */
export const FREE = -1;
/** A slot that no sequence holds but that works of another lane still read. */
export const BLOCKED = -2;

export interface WindowMove {
  readonly from: number;
  readonly to: number;
}

/**
 * Closes the holes of an active window.
 *
 * `weights` has an entry for each slot from the lower to the upper edge: what it costs to move it
 * away (1 for `flover`, its KV tokens for `least-bytes`), `PINNED`, `FREE` or `BLOCKED`. Of all
 * windows as wide as the number of live slots, the one with the least weight outside is taken,
 * leftmost on ties; live slots outside, ascending, go to the holes inside, ascending. Whatever
 * contiguous window the sequences end in, all that lies outside it must move, so no other set of
 * moves weighs less. Empty when every window has a pinned slot outside or a blocked one inside.
 */
export function closeHoles(weights: readonly number[]): readonly WindowMove[] {
  let live = 0;
  let outside = 0;
  let pinnedOutside = 0;
  for (const weight of weights) {
    if (weight < 0) continue;
    live++;
    if (weight === PINNED) pinnedOutside++;
    else outside += weight;
  }
  let blockedInside = 0;
  const enter = (slot: number, sign: 1 | -1): void => {
    const weight = weights[slot]!;
    if (weight === BLOCKED) blockedInside += sign;
    else if (weight === PINNED) pinnedOutside -= sign;
    else if (weight !== FREE) outside -= sign * weight;
  };
  for (let slot = 0; slot < live; slot++) enter(slot, 1);
  let start = -1;
  let least = PINNED;
  for (let first = 0; ; first++) {
    if (blockedInside === 0 && pinnedOutside === 0 && outside < least) {
      start = first;
      least = outside;
    }
    if (first + live >= weights.length) break;
    enter(first, -1);
    enter(first + live, 1);
  }
  return start < 0 ? [] : fill(weights, start, live);
}

function fill(weights: readonly number[], start: number, width: number): readonly WindowMove[] {
  const moves: WindowMove[] = [];
  let hole = start;
  for (let from = 0; from < weights.length; from++) {
    if (weights[from]! < 0 || (from >= start && from < start + width)) continue;
    while (weights[hole]! >= 0) hole++;
    moves.push({ from, to: hole++ });
  }
  return moves;
}
