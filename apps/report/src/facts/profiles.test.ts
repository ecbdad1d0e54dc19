import { expect, test } from 'vitest';
import { newestProfiles, profileOf } from './profiles.ts';

const residual = { samples: 3, biasPercent: 0, mapePercent: 1, p50Percent: 1, p95Percent: 2 };

test('each kind of residual is named in words, and kinds without samples are left out', () => {
  const residuals = {
    decode: residual,
    decodeBeside: residual,
    prefillCrowded: residual,
    moves: { ...residual, samples: 0 },
  };
  const value = { format: 'flover-profile', model: 'm', dataType: 'f16', device: 'd', residuals };
  const profile = profileOf({ id: 'p', path: 'p.json', experiment: 'e', value });
  expect(profile?.residuals.map(({ kind }) => kind)).toEqual([
    'decode',
    'decode beside one other lane',
    'prefill among several lanes',
  ]);
});

test('of one model and device the profile of the newest results is shown', () => {
  const residuals = { decode: residual };
  const value = { format: 'flover-profile', model: 'm', dataType: 'f16', device: 'd', residuals };
  const at = (path: string, experiment = 'e') => ({ id: path, path, experiment, value });
  const paths = [
    'e/profiles/m.json',
    'e/results/gpu/20260101-000000-abcdef0/profiles/m.json',
    'e/results/gpu/20260102-000000-abcdef1/profiles/m.json',
  ];
  const shown = (all: readonly ReturnType<typeof at>[]) =>
    newestProfiles(all).map(({ path }) => path);
  expect(shown(paths.map((path) => at(path)))).toEqual([paths[2]]);
  expect(shown([...paths].reverse().map((path) => at(path)))).toEqual([paths[2]]);
  expect(shown([at(paths[0]!), at('f/profiles/m.json', 'f')])).toHaveLength(2);
});
