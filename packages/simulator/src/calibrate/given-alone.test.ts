import { createScheduler } from '@flover/policy';
import { expect, test } from 'vitest';
import { profileWith } from '../../test/support/profile.ts';
import { schedulerConfig } from '../../test/support/run.ts';
import { listSource } from '../../test/support/source.ts';
import { calibrate } from '../calibrate.ts';
import type { GivenAlone } from '../cost-models/interference.ts';
import { ProfileCostModel } from '../cost-models/profile.ts';
import { simulate } from '../simulator.ts';
import { calibrationRecorder } from './recorder.ts';

const PROMPTS = [40, 300, 500, 900];

/** Groups of three requests 0.3 s apart: the first of each comes to an idle device. */
const requests = Array.from({ length: 60 }, (_, i) => ({
  arrivalNanos: 300_000_000 * Math.floor(i / 3) + 2_000_000 * (i % 3),
  promptTokens: PROMPTS[(i + Math.floor(i / 3)) % PROMPTS.length],
  maxOutputTokens: 20,
}));

function truthWith(givenAlone: GivenAlone) {
  const decode = { knots: [1, 8], nanos: [2e6, 3e6], bends: [], nanosPerKvToken: [[100, 100]] };
  const base = profileWith({}, {});
  const interference = { ...base.interference, givenAlone };
  const prefill = { knots: [1, 64, 512, 1024], nanos: [2e6, 3e6, 10e6, 20e6], nanosPerPair: 0 };
  return profileWith({}, { decode, prefill, interference });
}

function measured(truth: ReturnType<typeof truthWith>, policy: string) {
  const sink = calibrationRecorder();
  const memory = { kind: 'slots', slots: 16 } as const;
  const limits = { planAhead: 1, maxSequences: 16, maxSequenceTokens: 1024, memory } as const;
  simulate({
    scheduler: createScheduler(schedulerConfig(policy, limits)),
    source: listSource(requests),
    costModel: new ProfileCostModel(truth),
    sink,
  });
  return sink.works;
}

const shares = { passNanos: 10e6, leastNanos: 2e6 };

test.each([
  { prefillRelief: 0, decodeBurden: 0 },
  { prefillRelief: 0.8, decodeBurden: 1.5 },
  { prefillRelief: 0.3, decodeBurden: 0.2 },
])(
  'what prompts that were given alone spare themselves and cost decode is found again: %o',
  (world) => {
    const truth = truthWith({ ...shares, ...world });
    const works = ['sequential', 'temporal-fusion'].map((policy) => measured(truth, policy));
    const { givenAlone } = calibrate(works, { ...truth, runs: ['simulated'] }).interference;
    expect(givenAlone.passNanos / shares.passNanos).toBeCloseTo(1, 2);
    expect(givenAlone.leastNanos / shares.leastNanos).toBeCloseTo(1, 1);
    expect(Math.abs(givenAlone.prefillRelief - world.prefillRelief)).toBeLessThan(0.06);
    expect(Math.abs(givenAlone.decodeBurden - world.decodeBurden)).toBeLessThan(0.1);
  },
);
