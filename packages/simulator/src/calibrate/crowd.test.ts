import { createScheduler } from '@flover/policy';
import { expect, test } from 'vitest';
import { profileWith } from '../../test/support/profile.ts';
import { schedulerConfig } from '../../test/support/run.ts';
import { listSource } from '../../test/support/source.ts';
import { calibrate } from '../calibrate.ts';
import { ProfileCostModel } from '../cost-models/profile.ts';
import type { Profile } from '../cost-models/profile-file.ts';
import { simulate } from '../simulator.ts';
import { calibrationRecorder, type MeasuredWork } from './recorder.ts';

/** Requests on one lane or several, in a world that obeys this profile. */
function measured(truth: Profile, policy: string, parameters = {}): readonly MeasuredWork[] {
  const sink = calibrationRecorder();
  const requests = Array.from({ length: 60 }, (_, i) => ({
    arrivalNanos: 7_000_000 * i,
    promptTokens: 16 + ((97 * i) % 500),
    maxOutputTokens: 4 + ((13 * i) % 20),
  }));
  const memory = { kind: 'slots', slots: 16 } as const;
  const config = schedulerConfig(policy, { planAhead: 1, maxSequences: 16, memory });
  simulate({
    scheduler: createScheduler({ ...config, policy: { name: policy, parameters } }),
    source: listSource(requests),
    costModel: new ProfileCostModel(truth),
    sink,
  });
  return sink.works;
}

test.each([
  { decodeExponent: 0, prefillExponent: 0.2, ratio: 0.9 },
  { decodeExponent: 0.6, prefillExponent: 1, ratio: 0.6 },
])('what several lanes do to each other is found again: %o', (world) => {
  const base = profileWith({}, {});
  const interference = {
    ...base.interference,
    decodeCrowd: 'sum' as const,
    decodeByDecodeRatio: world.ratio,
    prefillByPrefillRatio: world.ratio / 2,
    decodeByPrefillsExponent: world.decodeExponent,
    prefillByDecodesExponent: world.prefillExponent,
  };
  const decode = { knots: [1, 8], nanos: [2e6, 3e6], bends: [], nanosPerKvToken: [[100, 100]] };
  const truth = profileWith(
    {},
    {
      decode,
      prefill: { knots: [1, 64, 600], nanos: [2e6, 3e6, 12e6], nanosPerPair: 0 },
      interference,
    },
  );
  const found = calibrate(
    [
      measured(truth, 'sequential'),
      measured(truth, 'continuous-batching'),
      measured(truth, 'temporal-fusion'),
      measured(truth, 'concurrent-instances', { instances: 2 }),
      measured(truth, 'concurrent-instances', { instances: 6 }),
    ],
    { ...truth, runs: ['simulated'] },
  ).interference;
  expect(Math.abs(found.decodeByDecodeRatio - world.ratio)).toBeLessThan(0.05);
  expect(Math.abs(found.prefillByPrefillRatio - world.ratio / 2)).toBeLessThan(0.05);
  expect(Math.abs(found.decodeByPrefillsExponent - world.decodeExponent)).toBeLessThan(0.1);
  expect(Math.abs(found.prefillByDecodesExponent - world.prefillExponent)).toBeLessThan(0.1);
});
