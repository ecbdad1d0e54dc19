import { FloverError } from '@flover/policy';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { profileWith } from '../../test/support/profile.ts';
import { parseProfile } from './parse-profile.ts';

const good = JSON.parse(
  JSON.stringify(
    profileWith(
      {},
      {
        runs: ['one', 'two'],
        decode: {
          knots: [1, 8],
          nanos: [1e6, 2e6],
          bends: [100, 300],
          nanosPerKvToken: [
            [1, 2],
            [1, 2],
            [1, 2],
          ],
        },
        prefill: {
          knots: [1, 64],
          nanos: [2e6, 3e6],
          nanosPerPair: 0.1,
          reach: { knots: [1, 64], nanosPerToken: [10, 20] },
        },
        warmth: { constantNanos: 1e6, prefillSlowdown: 0.2, decodeSlowdown: 0.1 },
      },
    ),
  ),
);
type Path = readonly (string | number)[];

/** Where there is a value in the file, lists and objects among them. */
function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const within: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return [path, ...within.flatMap(([key, each]) => pathsIn(each, [...path, key]))];
}

function valueAt(path: Path) {
  return path.reduce((found, key) => found[key], good);
}

/** The file with another value in one place. */
function withValue(path: Path, value: unknown): unknown {
  if (path.length === 0) return value;
  const changed = structuredClone(good);
  const parent = path.slice(0, -1).reduce((found, key) => found[key], changed);
  parent[path[path.length - 1]] = value;
  return changed;
}

function written(path: Path): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}.${key}`),
    'p.json',
  );
}

function refusal(value: unknown): FloverError {
  try {
    parseProfile(value, 'p.json');
  } catch (error) {
    if (error instanceof FloverError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

test('a whole profile is taken as it is', () => {
  expect(parseProfile(good, 'p.json')).toEqual(good);
});

test('a profile says how prompts share a device, or in what proportion they take turns', () => {
  const { prefillByPrefillRatio: _older, ...interference } = good.interference;
  const sharing = {
    leastExponent: 0.5,
    exponentPerShare: 0.7,
    overcommitRatio: 1.2,
    roomExponent: 0.8,
    decodeLanesExponent: 0.8,
  };
  const with_ = (of: object) => ({ ...good, interference: { ...interference, ...of } });
  const newer = with_({ sharing, decodeByPrefillsExponent: 1.8 });
  expect(parseProfile(newer, 'p.json')).toEqual(newer);
  expect(refusal(with_({})).message).toContain('prefillByPrefillRatio is ');
  const older = withValue(['interference', 'decodeByPrefillsExponent'], 1.8);
  expect(refusal(older).message).toContain('decodeByPrefillsExponent is 1.8; allowed: a number f');
  for (const name of Object.keys(sharing)) {
    const message = refusal(with_({ sharing: { ...sharing, [name]: -1 } })).message;
    expect(message).toContain(`interference.sharing.${name} is -1; allowed: `);
  }
  const warmth = { ...good.warmth, prompts: 'all' };
  expect(refusal({ ...good, warmth }).message).toContain('prompts is "all"; allowed: given-alone');
});

test('what is of another type is refused in every place, with the place, the value and what is allowed', () => {
  const path = fc.constantFrom(...pathsIn(good));
  const wrong = fc.constantFrom<unknown>(undefined, null, true, {}, [[]], 'x', 7.5, -3);
  fc.assert(
    fc.property(path, wrong, (at, value) => {
      // Another text is a text, and another number may be one that is allowed.
      fc.pre(typeof value === 'object' || typeof value !== typeof valueAt(at));
      fc.pre(
        value !== undefined || !['p.json.prefill.reach', 'p.json.warmth'].includes(written(at)),
      );
      const { code, message, hint } = refusal(withValue(at, value));
      expect(code).toBe('profile-invalid');
      expect(message.startsWith(written(at))).toBe(true);
      expect(message).toMatch(/ is .*; allowed: ./);
      expect(hint).toContain('flover profile');
    }),
    { numRuns: 500 },
  );
});

test('no time, share or count is below 0, but for times of a curve and a mean error', () => {
  const signed = /\.(decode|prefill)\.nanos\[|\.biasPercent$/;
  const numbers = pathsIn(good).filter((path) => {
    return typeof valueAt(path) === 'number' && !signed.test(written(path));
  });
  for (const path of numbers) {
    expect(refusal(withValue(path, -1)).message).toContain(`${written(path)} is -1; allowed: `);
  }
});

test.each<[Path, unknown, string]>([
  [['version'], 1, 'p.json.version is 1; allowed: 7, 8'],
  [['prefill', 'reach', 'knots'], [2, 1], 'p.json.prefill.reach.knots is [2,1]; allowed: ascen'],
  [['prefill', 'reach', 'nanosPerToken'], [1], 'reach.nanosPerToken is [1]; allowed: one entry'],
  [['collective'], 'ring', 'p.json.collective is "ring"; allowed: one-shot, nccl'],
  [['ranksPerDevice'], 0, 'p.json.ranksPerDevice is 0; allowed: a whole number from 1'],
  [['decode', 'knots'], [1, 1], 'p.json.decode.knots is [1,1]; allowed: ascending numbers'],
  [['decode', 'knots'], [], 'p.json.decode.knots is []; allowed: at least one number'],
  [['decode', 'nanos'], [], 'p.json.decode.nanos is []; allowed: one entry for each of 2 knots'],
  [['decode', 'bends'], [3, 2], 'p.json.decode.bends is [3,2]; allowed: ascending numbers'],
  [['decode', 'bends'], [3], 'p.json.decode.nanosPerKvToken is [[1,2],[1,2],[1,2]]; allowed: one '],
  [['decode', 'nanosPerKvToken', 1], [1], 'p.json.decode.nanosPerKvToken[1] is [1]; allowed: one '],
  [['interference', 'decodeRows'], [9, 8], 'p.json.interference.decodeRows is [9,8]; allowed: asc'],
  [['interference', 'prefillNanos'], [], 'p.json.interference.prefillNanos is []; allowed: at le'],
  [['interference', 'prefillByDecode'], [], 'p.json.interference.prefillByDecode is []; allowed: '],
  [['interference', 'decodeByPrefill', 0], [1, 2], 'interference.decodeByPrefill[0] is [1,2]; al'],
  [['interference', 'prefillByDecodesExponent'], 1.5, 'Exponent is 1.5; allowed: a number from 0'],
  [['interference', 'decodeCrowd'], 'mean', 'decodeCrowd is "mean"; allowed: sum'],
  [['scatter'], [], 'p.json.scatter is []; allowed: an object'],
])('%j of %j is refused', (path, value, message) => {
  expect(refusal(withValue(path, value)).message).toContain(message);
});
