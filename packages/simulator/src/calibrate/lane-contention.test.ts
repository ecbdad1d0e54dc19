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
  { parts: 1.8, lanes: 0.7, decodes: 0.2, ratio: 0.9, room: 0.6, overcommit: 1.2 },
  { parts: 0.6, lanes: 0, decodes: 0.8, ratio: 0.6, room: 0, overcommit: 0.5 },
])('what several lanes do to each other is found again: %o', (world) => {
  const { prefillByPrefillRatio: _older, ...base } = profileWith({}, {}).interference;
  const interference = {
    ...base,
    decodeCrowd: 'sum' as const,
    decodeByDecodeRatio: world.ratio,
    decodeByPrefillsExponent: world.parts,
    prefillByDecodesExponent: world.decodes,
    sharing: {
      leastExponent: 0.4,
      exponentPerShare: 0.5,
      overcommitRatio: world.overcommit,
      roomExponent: world.room,
      decodeLanesExponent: world.lanes,
    },
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
      measured(truth, 'temporal-fusion', { prefillLanes: 2 }),
      measured(truth, 'concurrent-instances', { instances: 2 }),
      measured(truth, 'concurrent-instances', { instances: 6 }),
    ],
    { ...truth, runs: ['simulated'] },
  ).interference;
  expect(Math.abs(found.decodeByDecodeRatio - world.ratio)).toBeLessThan(0.05);
  expect(Math.abs(found.decodeByPrefillsExponent - world.parts)).toBeLessThan(0.15);
  expect(Math.abs(found.prefillByDecodesExponent - world.decodes)).toBeLessThan(0.1);
  const { sharing } = found;
  expect(sharing).toBeDefined();
  if (sharing === undefined) return;
  expect(Math.abs(sharing.decodeLanesExponent - world.lanes)).toBeLessThan(0.1);
  expect(Math.abs(sharing.roomExponent - world.room)).toBeLessThan(0.15);
  expect(Math.abs(sharing.overcommitRatio - world.overcommit)).toBeLessThan(0.15);
  // Of a prompt as hard as most of these are.
  const { leastExponent, exponentPerShare } = sharing;
  expect(Math.abs(leastExponent + 0.7 * exponentPerShare - 0.75)).toBeLessThan(0.05);
});
