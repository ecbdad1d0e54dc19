import { expect, test } from 'vitest';
import { profileOf } from './profiles.ts';

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
