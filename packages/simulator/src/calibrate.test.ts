import type { Work } from '@flover/policy';
import { describe, expect, test } from 'vitest';
import { decodeWork, mixedWork, prefillWork } from '../test/support/work.ts';
import type { MeasuredWork } from './calibrate/recorder.ts';
import { calibrate } from './calibrate.ts';
import { predictNanos } from './cost-model.ts';
import { parseProfile } from './cost-models/parse-profile.ts';
import { ProfileCostModel } from './cost-models/profile.ts';
import type { Profile } from './cost-models/profile-file.ts';

const subject = {
  device: 'test device',
  model: 'test model',
  dataType: 'f32',
  worldSize: 1,
  runs: ['made by a formula'],
  kvBytesPerToken: 100,
};

const decodeNanos = (rows: number, kv: number) => 50_000 + 3000 * rows + (2 + rows / 64) * kv;
const prefillNanos = (tokens: number, pairs: number) => 80_000 + 900 * tokens + 3 * pairs;

/** Measures works one after the other, each `noise(i)` times as long as the formula says. */
function measured(works: readonly Work[], noise: (i: number) => number): MeasuredWork[] {
  let timeNanos = 0;
  return works.map((shape, id) => {
    const work = { ...shape, id };
    const decodes = work.flags.filter((flag) => flag === 3).length;
    const prefillRow = work.flags.indexOf(2);
    const [from, to] = prefillRow < 0 ? [0, 0] : [work.from[prefillRow], work.to[prefillRow]];
    const rowsNanos =
      (decodes > 0 ? decodeNanos(decodes, work.decodeKvTokens) : 0) +
      (to > 0 ? prefillNanos(to - from, (to * to - from * from) / 2) : 0);
    const startNanos = timeNanos + 1000;
    const endNanos = startNanos + Math.round(rowsNanos * noise(id));
    const measure = {
      kind: 'measure' as const,
      work: id,
      lane: 0,
      startNanos,
      endNanos,
      planNanos: 4000 + 10 * work.flags.length,
      launchNanos: 6000,
      movedBytes: 0,
      moveNanos: 0,
      kvReservedBytes: 0,
      kvUsedBytes: 0,
    };
    timeNanos = endNanos;
    return { work, measure, decidedNanos: startNanos };
  });
}

/** How much each of the works is slower while all run at once. */
function slowdowns(profile: Profile, works: readonly Work[]): Float64Array {
  const model = new ProfileCostModel(profile);
  const factors = new Float64Array(works.length);
  model.slowdowns(
    works.map((work) => model.costOf(work)),
    factors,
  );
  return factors;
}

const grid: Work[] = [];
for (const rows of [1, 2, 4, 8, 16, 32, 64]) {
  for (const kv of [16, 128, 512, 1024]) grid.push(decodeWork(new Array(rows).fill(kv)));
}
for (const tokens of [8, 32, 128, 512, 1024]) {
  for (const before of [0, 256, 512]) grid.push(prefillWork(before, before + tokens));
}
for (const rows of [3, 6, 12, 24]) {
  for (const tokens of [64, 256]) {
    grid.push(mixedWork(decodeWork(new Array(rows).fill(100)), prefillWork(0, tokens)));
  }
}

describe('a profile of exact measurements', () => {
  const profile = calibrate([measured(grid, () => 1)], subject);
  const model = new ProfileCostModel(profile);

  test('predicts works that it never saw', () => {
    const kv = new Array(20).fill(300);
    expect(predictNanos(model, decodeWork(kv)) / decodeNanos(20, 6000)).toBeCloseTo(1, 3);
    const pairs = (700 ** 2 - 100 ** 2) / 2;
    const prefill = predictNanos(model, prefillWork(100, 700));
    expect(prefill / prefillNanos(600, pairs)).toBeCloseTo(1, 3);
  });

  test('continues beyond what it saw', () => {
    const kv = new Array(96).fill(200);
    expect(predictNanos(model, decodeWork(kv)) / decodeNanos(96, 96 * 200)).toBeCloseTo(1, 2);
  });

  test('has next to no residuals and the host times', () => {
    for (const phase of ['decode', 'prefill', 'mixed'] as const) {
      expect(profile.residuals[phase].maxPercent).toBeLessThan(0.01);
      expect(profile.residuals[phase].samples).toBeGreaterThan(7);
    }
    expect(model.costOf(decodeWork([1, 1, 1, 1])).planNanos).toBe(4040);
    expect(model.costOf(decodeWork([1])).launchNanos).toBe(6000);
    expect(model.costOf(decodeWork([1])).gapNanos).toBe(0);
  });

  test('survives its file', () => {
    expect(parseProfile(JSON.parse(JSON.stringify(profile)), 'p.json')).toEqual(profile);
  });
});

test('decode whose attention costs more beyond some context is fitted as such', () => {
  const bent = (work: Work) => {
    const rows = work.flags.length;
    return (
      1 + Math.max(0, work.decodeKvTokens - 512 * rows) / decodeNanos(rows, work.decodeKvTokens)
    );
  };
  const noise = (i: number) => (grid[i].decodeKvTokens > 0 ? bent(grid[i]) : 1);
  const profile = calibrate([measured(grid, noise)], subject);
  expect(profile.decode.bends).toEqual([171, 512]);
  // Only beyond the second bend, however large the batch.
  const [first, second, third] = profile.decode.nanosPerKvToken as readonly number[][];
  for (const [knot, slope] of (first ?? []).entries()) {
    expect(Math.abs((second?.[knot] ?? 0) - slope)).toBeLessThan(0.05);
    expect(Math.abs((third?.[knot] ?? 0) - slope - 1)).toBeLessThan(0.05);
  }
  const work = decodeWork(new Array(8).fill(900));
  const predicted = predictNanos(new ProfileCostModel(profile), work);
  expect(predicted / (decodeNanos(8, 7200) * bent(work))).toBeCloseTo(1, 3);
});

test('a batch that came about in one run is no knot beside batches that were measured on purpose', () => {
  const contexts = [16, 128, 512, 1024];
  const runOf = (name: string, rows: number, kv: number, noise: number) =>
    measured(
      Array.from({ length: 12 }, (_, i) => decodeWork(new Array(rows).fill(kv + i))),
      () => noise,
    ).map((each) => ({ ...each, run: name }));
  const onPurpose = [1, 4, 16].flatMap((rows) =>
    contexts.map((kv) => runOf(`${rows} rows, ${kv}`, rows, kv, 1)),
  );
  const runs = [
    measured(
      grid.filter((work) => work.decodeKvTokens === 0),
      () => 1,
    ),
    ...onPurpose,
  ];
  const { decode } = calibrate([...runs, runOf('another', 15, 300, 1.2)], subject);
  expect(decode.knots).toEqual([1, 4, 16]);
});

test('a few stragglers do not bend the fit, and the residuals show them', () => {
  const works = [...grid, ...grid, ...grid];
  const profile = calibrate([measured(works, (i) => (i % 23 === 7 ? 3 : 1))], subject);
  const predicted = predictNanos(
    new ProfileCostModel(profile),
    decodeWork(new Array(16).fill(200)),
  );
  expect(predicted / decodeNanos(16, 3200)).toBeCloseTo(1, 2);
  expect(profile.residuals.decode.maxPercent).toBeGreaterThan(60);
  expect(profile.residuals.decode.p50Percent).toBeLessThan(1);
});

test('interference is found from works that overlap', () => {
  // While a prefill and a decode overlap, the decode takes 1.5 times and the prefill 1.25 as long.
  const alone = measured(grid, () => 1);
  const last = alone[alone.length - 1].measure.endNanos;
  const pairs = [1, 2, 3, 4].flatMap((n) => {
    const work = decodeWork(new Array(8).fill(64 * n));
    const prefill = prefillWork(0, 512);
    const start = last + n * 1e9;
    const solo = decodeNanos(8, 512 * n);
    const busy = 1.5 * solo;
    const rest = prefillNanos(512, 512 ** 2 / 2) - busy / 1.25;
    return [entry(work, 0, start, start + busy), entry(prefill, 1, start, start + busy + rest)];
  });
  const profile = calibrate([[...alone, ...pairs]], subject);
  const [decode, prefill] = slowdowns(profile, [decodeWork([64, 64]), prefillWork(0, 512)]);
  expect(decode).toBeCloseTo(1.5, 2);
  expect(prefill).toBeCloseTo(1.25, 2);
  // Never seen beside each other: they take turns.
  expect(profile.interference.decodeByDecodeRatio).toBe(1);
  expect(profile.residuals.decodeBeside.maxPercent).toBeLessThan(0.1);

  function entry(work: Work, lane: number, startNanos: number, endNanos: number): MeasuredWork {
    const { measure } = alone[0];
    return { work, measure: { ...measure, lane, startNanos, endNanos }, decidedNanos: startNanos };
  }
});

test('noise makes no phase of a mixed work cheaper the more of it there is', () => {
  // Mixed works take the time of their prefill rows, and less the more decode rows they have.
  const phases = grid.filter((work) => !isMixed(work));
  const shrinking = grid.filter(isMixed);
  const works = [...phases, ...shrinking];
  const noise = (i: number) => (i < phases.length ? 1 : 1 - works[i].flags.length / 40);
  const { mixed } = calibrate([measured(works, noise)], subject);
  expect(mixed.decodeFactor).toBe(0);
  expect(mixed.prefillFactor).toBeGreaterThan(0);

  function isMixed(work: Work): boolean {
    return new Set(work.flags).size > 1;
  }
});

test('a kind that seems to speed others up does not make the other kind the worse', () => {
  // Decodes lose 0.2 of their time beside prefills, and seem to gain where decodes are there too.
  const alone = measured(grid, () => 1);
  const { measure } = alone[0];
  let start = alone[alone.length - 1].measure.endNanos;
  const beside = [1, 2, 3, 4].flatMap((n) => {
    const solo = decodeNanos(8, 512 * n);
    const work = decodeWork(new Array(8).fill(64 * n));
    const taken = n % 2 === 0 ? solo / 0.8 : solo * 0.9;
    start += 1e9;
    const entry = (each: Work, lane: number, nanos: number): MeasuredWork => ({
      work: each,
      measure: { ...measure, lane, startNanos: start, endNanos: start + Math.round(nanos) },
      decidedNanos: start,
    });
    const group = [entry(work, 0, taken), entry(prefillWork(0, 512), 1, 2 * taken)];
    return n % 2 === 0 ? group : [...group, entry(work, 2, taken)];
  });
  const profile = calibrate([[...alone, ...beside]], subject);
  expect(profile.interference.decodeByDecodeRatio).toBe(0);
  // What they lose beside prefills alone says what prefills do to them.
  expect(slowdowns(profile, [decodeWork([64]), prefillWork(0, 512)])[0]).toBeCloseTo(1.25, 6);
});

test('several lanes beside each other: each of them slows a decode down, whatever prompts do', () => {
  const factor = 0.7;
  const alone = measured(grid, () => 1);
  const work = decodeWork(new Array(8).fill(100));
  const solo = decodeNanos(8, 800);
  let startNanos = 1e12;
  const together = (works: readonly Work[], slowdown: number) => {
    startNanos += 1e9;
    const endNanos = startNanos + Math.round(solo * slowdown);
    return works.map((each, lane) => ({
      work: each,
      measure: { ...alone[0].measure, lane, startNanos, endNanos },
      decidedNanos: startNanos,
    }));
  };
  const times = (count: number, of: () => MeasuredWork[]) =>
    Array.from({ length: count }, of).flat();
  const beside = times(12, () => together([work, work, work, work], 4 * factor));
  const found = calibrate([alone, beside], subject).interference;
  expect(found.decodeByDecodeRatio).toBeCloseTo(factor, 2);
  // Never seen beside each other: they share the device equally.
  expect(found.decodeByPrefill).toEqual([[1]]);
  expect(found.prefillByDecode).toEqual([[1]]);
  // Far more works that prompts, against all that pairs tell, hardly held up.
  const prompts = times(60, () => together([work, work, work, prefillWork(0, 512)], 1.5));
  const crowded = calibrate([alone, beside, prompts], subject).interference;
  expect(crowded.decodeByDecodeRatio).toBeCloseTo(factor, 2);
});

test('works that only swap are no prompts without tokens', () => {
  const swap = { ...prefillWork(0, 8), sequences: [], from: [], to: [], flags: [], newTokens: 0 };
  const works = measured([...grid, swap, swap, swap], () => 1).map((each) => {
    if (each.work.flags.length > 0) return each;
    const { measure } = each;
    return { ...each, measure: { ...measure, endNanos: measure.startNanos + 500 } };
  });
  const profile = calibrate([works], subject);
  expect(profile.prefill.knots).toEqual([8, 32, 128, 512, 1024]);
  expect(profile.residuals.prefill.maxPercent).toBeLessThan(0.01);
});

test('works of different runs never ran beside each other', () => {
  const profile = calibrate([measured(grid, () => 1), measured(grid, () => 1)], subject);
  expect(profile.residuals.prefill.samples).toBeGreaterThan(0);
  expect(profile.residuals.decodeBeside.samples).toBe(0);
  expect(profile.residuals.prefillBeside.samples).toBe(0);
});

test.each([
  ['prefill', grid.slice(0, 10)],
  ['decode', grid.filter((work) => work.decodeKvTokens === 0)],
] as const)('where no %s was measured nothing is fitted', (phase, works) => {
  expect(() => calibrate([measured(works, () => 1)], subject)).toThrow(
    expect.objectContaining({
      code: 'calibration-incomplete',
      message: `0 undisturbed ${phase} works are too few to fit`,
    }),
  );
});
