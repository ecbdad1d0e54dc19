import { createScheduler } from '@flover/policy';
import { expect, test } from 'vitest';
import { schedulerConfig } from '../../test/support/run.ts';
import { listSource } from '../../test/support/source.ts';
import { calibrate } from '../calibrate.ts';
import { LinearCostModel } from '../cost-models/linear.ts';
import { simulate } from '../simulator.ts';
import { calibrationRecorder, type MeasuredWork } from './recorder.ts';

const subject = {
  device: 'd',
  model: 'm',
  dataType: 'f32',
  worldSize: 1,
  runs: ['simulated'],
  kvBytesPerToken: 1,
};

/** A run of a world whose costs are known. */
function recorded(policy: string, planAhead: 0 | 1): readonly MeasuredWork[] {
  const sink = calibrationRecorder();
  const costs = {
    iterationNanos: 100_000,
    decodeRowNanos: 5000,
    decodeKvTokenNanos: 40,
    prefillTokenNanos: 900,
    planNanos: 3000,
    launchNanos: 20_000,
  };
  const linear = new LinearCostModel(costs);
  const requests = Array.from({ length: 60 }, (_, i) => ({
    arrivalNanos: 400_000 * i,
    promptTokens: 1 + ((37 * i) % 200),
    maxOutputTokens: 1 + ((13 * i) % 25),
  }));
  simulate({
    scheduler: createScheduler(schedulerConfig(policy, { planAhead })),
    source: listSource(requests),
    costModel: {
      name: 'linear, with a host',
      kvBytesPerToken: 1,
      noticeNanos: 5000,
      costOf: (work) => ({ ...linear.costOf(work), latencyNanos: 30_000, gapNanos: 700 }),
    },
    sink,
  });
  return sink.works;
}

test.each([0, 1] as const)(
  'the host is found again in a recorded run, planAhead %i',
  (planAhead) => {
    const profile = calibrate([recorded('continuous-batching', planAhead)], subject);
    const { plan, launchDecode, launchPrefill, ...host } = profile.host;
    for (const line of [plan, launchDecode, launchPrefill]) {
      expect(line.nanosPerUnit).toBeCloseTo(0, 6);
    }
    expect(plan.nanos).toBeCloseTo(3000, 0);
    expect(launchDecode.nanos).toBeCloseTo(20_000, 0);
    expect(launchPrefill.nanos).toBeCloseTo(20_000, 0);
    expect(host.latencyPrefillNanos).toBeCloseTo(30_000, 0);
    // Without a plan ahead nothing is ever queued behind another work.
    expect(host.gapNanos).toBeCloseTo(planAhead * 700, 0);
    expect(host.noticeNanos).toBeCloseTo(5000, 0);
    expect(profile.residuals.decode.maxPercent).toBeLessThan(0.1);
    expect(profile.residuals.prefill.maxPercent).toBeLessThan(0.1);
  },
);
