import { expect, test } from 'vitest';
import { profileWith } from '../../test/support/profile.ts';
import { slowdownOf } from './slowdown.ts';

const interference = {
  ...profileWith({}, {}).interference,
  decodeByDecodeRatio: 0.5,
  prefillByPrefillRatio: 2,
  decodeByPrefillsExponent: 1,
  prefillByDecodesExponent: 0,
};

test.each([
  ['nothing', false, 0, 0, 0, 1],
  ['one of the other kind', false, 0, 0.4, 1, 1.4],
  ['three of its own kind, each as long as it', false, 3, 0, 0, 2.5],
  ['several that add up', false, 0, 1.2, 3, 2.2],
  ['several that add no more than one', true, 0, 1.2, 3, 1.4],
  ['both kinds: turns within the part that the others leave', true, 1, 1.2, 3, 3 * 1.4],
] as const)('beside %s', (_, prefills, turns, excess, others, expected) => {
  expect(slowdownOf(interference, prefills, turns, excess, others)).toBeCloseTo(expected, 12);
});
