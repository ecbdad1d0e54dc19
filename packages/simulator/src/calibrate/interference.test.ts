import { createScheduler } from '@flover/policy';
import { expect, test } from 'vitest';
import { profileWith } from '../../test/support/profile.ts';
import { schedulerConfig } from '../../test/support/run.ts';
import { listSource } from '../../test/support/source.ts';
import { decodeWork, prefillWork } from '../../test/support/work.ts';
import { calibrate } from '../calibrate.ts';
import type { Interference } from '../cost-models/interference.ts';
import { ProfileCostModel } from '../cost-models/profile.ts';
import type { Profile } from '../cost-models/profile-file.ts';
import { simulate } from '../simulator.ts';
import { calibrationRecorder, type MeasuredWork } from './recorder.ts';

/** What a run of this policy measures in a world that obeys this profile. */
function measured(profile: Profile, policy: string): readonly MeasuredWork[] {
  const sink = calibrationRecorder();
  const requests = Array.from({ length: 160 }, (_, i) => ({
    arrivalNanos: 9_000_000 * i,
    promptTokens: 16 + ((97 * i) % 500),
    maxOutputTokens: 4 + ((13 * i) % 80),
  }));
  simulate({
    scheduler: createScheduler(
      schedulerConfig(policy, {
        planAhead: 1,
        maxSequences: 16,
        memory: { kind: 'slots', slots: 16 },
      }),
    ),
    source: listSource(requests),
    costModel: new ProfileCostModel(profile),
    sink,
  });
  return sink.works;
}

function slowdowns(
  profile: Profile,
  prompt: number,
  rows: number,
  context = 100,
): [number, number] {
  const model = new ProfileCostModel(profile);
  const works = [decodeWork(new Array(rows).fill(context)), prefillWork(0, prompt)];
  const factors = new Float64Array(2);
  model.slowdowns(
    works.map((work) => model.costOf(work)),
    factors,
  );
  return [factors[0], factors[1]];
}

const shapes = {
  decode: {
    knots: [1, 8],
    nanos: [2e6, 3e6],
    bends: [],
    nanosPerKvToken: [[100, 100]],
  },
  prefill: { knots: [1, 64, 600], nanos: [2e6, 3e6, 12e6], nanosPerPair: 0 },
};
const prefillNanos = [2.2e6, 3e6, 5e6, 12e6];
const decodeRows = [8, 16];
const surface = (of: (nanos: number, rows: number) => number) =>
  prefillNanos.map((nanos) => decodeRows.map((rows) => of(nanos, rows)));
const none: Interference = {
  decodeByPrefillsExponent: 1,
  prefillByDecodesExponent: 1,
  prefillNanos,
  decodeRows,
  decodeByPrefill: surface(() => 0),
  decodeAttentionByPrefill: surface(() => 0),
  prefillByDecode: surface(() => 0),
  prefillByDecodeAttention: surface(() => 0),
  givenAlone: { passNanos: 0, leastNanos: 0, prefillRelief: 0, decodeBurden: 0 },
  decodeByDecodeRatio: 0,
  prefillByPrefillRatio: 0,
};
/** A tenth for each doubling of the time, and as much for each of the rows. */
const doublings = (nanos: number, rows: number) =>
  0.1 * Math.log2(nanos / 2e6) + 0.1 * Math.log2(rows / 4);

test.each<[string, Interference]>([
  ['works do not disturb each other', none],
  [
    'works share the device',
    {
      ...none,
      decodeByPrefill: surface(() => 0.4),
      decodeAttentionByPrefill: surface(() => 0.4),
      prefillByDecode: surface(() => 0.8),
      prefillByDecodeAttention: surface(() => 0.8),
    },
  ],
  [
    'long prompts and large batches take more of it, and attention is hit hardest',
    {
      ...none,
      decodeByPrefill: surface(doublings),
      decodeAttentionByPrefill: surface(() => 1.5),
      prefillByDecode: surface((nanos, rows) => 1 - doublings(nanos, rows)),
      prefillByDecodeAttention: surface(() => 1.2),
    },
  ],
])('where %s, that is found again in runs of other policies', (_, interference) => {
  const truth = profileWith({}, { ...shapes, interference });
  const subject = { ...truth, runs: ['simulated'] };
  const works = ['sequential', 'continuous-batching', 'temporal-fusion'].map((policy) =>
    measured(truth, policy),
  );
  const found = calibrate(works, subject);
  for (const prompt of [64, 90, 200, 480]) {
    for (const rows of [2, 12]) {
      const [decode, prefill] = slowdowns(found, prompt, rows);
      const [trueDecode, truePrefill] = slowdowns(truth, prompt, rows);
      expect(Math.abs(decode / trueDecode - 1)).toBeLessThan(0.05);
      expect(Math.abs(prefill / truePrefill - 1)).toBeLessThan(0.05);
    }
  }
});

test('attention of a large batch presses harder than that of a small one, and is seen to', () => {
  const interference = {
    ...none,
    prefillByDecode: surface(() => 0.5),
    prefillByDecodeAttention: surface((_, rows) => (rows === 8 ? 0.5 : 2)),
  };
  const decode = { ...shapes.decode, nanosPerKvToken: [[500, 500]] };
  const truth = profileWith({}, { ...shapes, decode, interference });
  const works = ['sequential', 'temporal-fusion'].map((policy) => measured(truth, policy));
  const found = calibrate(works, { ...truth, runs: ['simulated'] });
  for (const rows of [4, 14]) {
    const [, prefill] = slowdowns(found, 200, rows, 300);
    const [, truePrefill] = slowdowns(truth, 200, rows, 300);
    expect(Math.abs(prefill / truePrefill - 1)).toBeLessThan(0.03);
  }
});
