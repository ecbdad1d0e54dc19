import { createScheduler, RowFlag } from '@flover/policy';
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
function recorded(
  policy: string,
  planAhead: 0 | 1,
  furtherPromptNanos = 0,
  together = 1,
  gapNanos: (work: number) => number = () => 700,
): readonly MeasuredWork[] {
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
  let works = 0;
  const requests = Array.from({ length: 60 }, (_, i) => ({
    arrivalNanos: 400_000 * together * Math.floor(i / together),
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
      costOf: (work) => {
        const prompts = work.flags.filter((flag) => (flag & RowFlag.Decode) === 0).length;
        const latencyNanos = 30_000 + furtherPromptNanos * Math.max(0, prompts - 1);
        return { ...linear.costOf(work), latencyNanos, gapNanos: gapNanos(works++) };
      },
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
    expect(host.latencyPrefill).toEqual({ nanos: 30_000, nanosPerUnit: 0 });
    // Without a plan ahead nothing is ever queued behind another work.
    expect(host.gapNanos).toBeCloseTo(planAhead * 700, 0);
    expect(host.noticeNanos).toBeCloseTo(5000, 0);
    expect(profile.residuals.decode.maxPercent).toBeLessThan(0.1);
    expect(profile.residuals.prefill.maxPercent).toBeLessThan(0.1);
  },
);

test('what each further prompt of a work costs the host before it starts is found', () => {
  const works = [recorded('sequential', 0), recorded('static-batching', 0, 9000, 5)];
  const { latencyPrefill } = calibrate(works, subject).host;
  expect(latencyPrefill.nanos).toBeCloseTo(30_000, 0);
  expect(latencyPrefill.nanosPerUnit).toBeCloseTo(9000, 0);
});

test('gaps that are mostly short count by their mean: a run loses their sum', () => {
  const gapNanos = (work: number) => (work % 10 === 0 ? 52_000 : 500);
  const works = recorded('continuous-batching', 1, 0, 1, gapNanos);
  const { host } = calibrate([works], subject);
  // 5,650 on average; which of them fall between queued works is up to the run.
  expect(host.gapNanos).toBeGreaterThan(4000);
  expect(host.gapNanos).toBeLessThan(7500);
});
