import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCKED, closeHoles, FREE, PINNED, type WindowMove } from './reordering.ts';

/** Slots from the first edge to the last, `.` free. */
const window = (text: string, weights: Record<string, number> = {}): number[] =>
  [...text].map((slot) => (slot === '.' ? FREE : (weights[slot] ?? 1)));

describe('window choice by count', () => {
  it.each([
    // Three live: [0,3) and [1,4) each leave one outside.
    ['a.bc', [{ from: 3, to: 1 }], 'leftmost of two that leave one outside'],
    // Four live: so do [0,4) and [1,5).
    ['a.bcd', [{ from: 4, to: 1 }], 'a tie again goes left'],
    // Five live, nine slots: [4,9) leaves only a outside.
    ['a...bc.de', [{ from: 0, to: 6 }], 'the window with fewest outside is at the right'],
    // Two outside on each side of three: ascending to holes ascending.
    [
      'ab..c..de',
      [
        { from: 7, to: 2 },
        { from: 8, to: 3 },
      ],
      'two outside, in order',
    ],
    ['abc', [], 'no hole, no move'],
    ['a', [], 'one sequence'],
  ])('%s', (slots, moves) => {
    expect(closeHoles(window(slots))).toEqual(moves);
  });
});

describe('window choice by bytes', () => {
  it('moves the light ones, however many', () => {
    // By count [0,3) moves the heavy c; by bytes [1,4) moves a alone.
    expect(closeHoles(window('ab.c', { a: 3, b: 4, c: 90 }))).toEqual([{ from: 0, to: 2 }]);
    expect(closeHoles(window('ab.c'))).toEqual([{ from: 3, to: 2 }]);
    // Two light ones rather than a heavy one.
    expect(closeHoles(window('ab..c', { a: 3, b: 4, c: 90 }))).toEqual([
      { from: 0, to: 2 },
      { from: 1, to: 3 },
    ]);
  });

  const slots = fc
    .array(fc.oneof(fc.constant(FREE), fc.integer({ min: 0, max: 9 }), fc.constant(PINNED)), {
      minLength: 1,
      maxLength: 7,
    })
    .filter((weights) => weights[0] !== FREE && weights.at(-1) !== FREE);

  it('moves no more than the best of all ways to leave no hole', () => {
    fc.assert(
      fc.property(slots, (weights) => {
        const moves = closeHoles(weights);
        const best = leastWeight(weights);
        if (best === PINNED) expect(moves).toEqual([]);
        else expect(weightOf(weights, moves)).toBe(best);
      }),
    );
  });

  it('moves live slots into free ones, never pinned ones, and leaves no hole', () => {
    fc.assert(
      fc.property(slots, (weights) => {
        const moves = closeHoles(weights);
        const live = weights.map((weight) => weight >= 0);
        for (const { from, to } of moves) {
          expect([live[from], live[to], weights[from] === PINNED]).toEqual([true, false, false]);
          live[from] = false;
          live[to] = true;
        }
        if (moves.length === 0) return;
        const held = live.flatMap((isLive, slot) => (isLive ? [slot] : []));
        expect(held.at(-1)! - held[0]! + 1).toBe(held.length);
      }),
    );
  });
});

it('leaves pinned slots where they are, and blocked ones empty', () => {
  expect(closeHoles([1, FREE, 1, PINNED])).toEqual([{ from: 0, to: 1 }]);
  expect(closeHoles([PINNED, FREE, PINNED])).toEqual([]);
  expect(closeHoles([1, BLOCKED, 1, 1])).toEqual([]);
  expect(closeHoles([1, BLOCKED, 1, FREE, 1, 1])).toEqual([{ from: 0, to: 3 }]);
});

/** Tries every set of final places for the live slots. */
function leastWeight(weights: readonly number[]): number {
  const live = weights.filter((weight) => weight >= 0).length;
  let best = PINNED;
  const subsets = 1 << weights.length;
  for (let places = 0; places < subsets; places++) {
    const chosen = weights.flatMap((_, slot) => ((places >> slot) & 1 ? [slot] : []));
    const contiguous = chosen.length === live && chosen.at(-1)! - chosen[0]! + 1 === live;
    if (!contiguous) continue;
    let weight = 0;
    weights.forEach((each, slot) => {
      if (each >= 0 && !((places >> slot) & 1)) weight += each;
    });
    best = Math.min(best, weight);
  }
  return best;
}

function weightOf(weights: readonly number[], moves: readonly WindowMove[]): number {
  return moves.reduce((sum, { from }) => sum + weights[from]!, 0);
}
