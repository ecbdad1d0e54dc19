import { profileRuns } from '@flover/engine';
import { MetricsCollector } from '@flover/metrics';
import { createScheduler, RowFlag, type SchedulerConfig, type Work } from '@flover/policy';
import {
  type CostModel,
  calibrate,
  calibrationRecorder,
  ProfileCostModel,
  simulate,
  type WorkCost,
} from '@flover/simulator';
import { createSource, stream } from '@flover/workload';
import { expect, test } from 'vitest';

interface Truth extends WorkCost {
  readonly prefills: boolean;
}

/** Milliseconds of a prompt of up to so many tokens, as an H100 took them for LLaMA-13B. */
const PROMPT_MS = [
  [8, 9.2],
  [16, 9.5],
  [32, 9.9],
  [64, 10.5],
  [128, 12.7],
  [256, 18.6],
  [384, 29.6],
  [512, 33.4],
] as const;
const BATCH_MS = [
  [8, 9.03],
  [16, 9.2],
  [32, 9.45],
] as const;

function stepAt(steps: readonly (readonly [number, number])[], x: number): number {
  return 1e6 * (steps.find(([upTo]) => x <= upTo) ?? steps.at(-1)!)[1];
}

/** Passes of 512 tokens at most. */
function promptNanos(tokens: number): number {
  const whole = Math.floor(tokens / 512);
  const rest = tokens % 512;
  return whole * stepAt(PROMPT_MS, 512) + (rest === 0 ? 0 : stepAt(PROMPT_MS, rest));
}

/** A world that no formula of a profile is: steps everywhere, noise, and kernels that take turns. */
function world(seed: number): CostModel<Truth> {
  const random = stream(seed, 'world');
  const noisy = (nanos: number, spread: number) =>
    Math.round(nanos * (1 + spread * (random() + random() + random() - 1.5)));
  return {
    name: 'world',
    kvBytesPerToken: 819_200,
    noticeNanos: 100_000,
    costOf(work: Work): Truth {
      let attention = 0;
      let decodes = 0;
      for (const [i, to] of work.to.entries()) {
        if ((work.flags[i]! & RowFlag.Decode) === 0) continue;
        decodes++;
        attention += 209 * to + 9000 * Math.ceil(to / 128);
      }
      const prefills = work.newTokens > decodes;
      const rows = prefills ? promptNanos(work.newTokens) : stepAt(BATCH_MS, decodes);
      return {
        soloNanos: noisy(rows + attention, 0.008),
        moveNanos: 0,
        planNanos: noisy(10_000, 1),
        launchNanos: noisy(prefills ? 900_000 : 20_000, 0.5),
        latencyNanos: noisy(prefills ? 330_000 : 150_000, 0.5),
        gapNanos: noisy(15_000, 0.3),
        prefills,
      };
    },
    slowdowns(running, factors) {
      for (const [i, one] of running.entries()) {
        factors[i] = 1;
        for (const other of running) {
          if (other === one) continue;
          const ratio = other.soloNanos / one.soloNanos;
          factors[i]! += one.prefills ? 0.9 * ratio : 0.25 + 0.65 * ratio ** 0.9;
        }
      }
    },
  };
}

const LIMITS = { maxSequences: 32, maxSequenceTokens: 1024 } as const;
const SHAPE = { device: 'd', model: 'm', dataType: 'f16', worldSize: 1, runs: [] };

const runs = profileRuns({ maxBatch: 32, maxContext: 1024 }, 1).map((run, i) => {
  const sink = calibrationRecorder();
  sink.begin(run.name);
  const scheduler = createScheduler(run.config);
  simulate({ scheduler, source: run.source(), costModel: world(i), sink });
  return sink.works;
});
const profile = calibrate(runs, { ...SHAPE, kvBytesPerToken: 819_200 });

test.each<[string, { kind: 'poisson'; requestsPerSecond: number } | { kind: 'all-at-once' }]>([
  ['temporal-fusion', { kind: 'poisson', requestsPerSecond: 5 }],
  ['temporal-fusion', { kind: 'poisson', requestsPerSecond: 10 }],
  ['temporal-fusion', { kind: 'all-at-once' }],
  ['continuous-batching', { kind: 'poisson', requestsPerSecond: 10 }],
  ['chunked-prefill', { kind: 'poisson', requestsPerSecond: 8 }],
])('a fitted profile predicts %s, %o, within the aims', (name, arrivals) => {
  const config: SchedulerConfig = {
    policy: { name, parameters: {} },
    memory: { kind: 'slots', slots: 32 },
    ...LIMITS,
    planAhead: 1,
  };
  const [real, predicted] = [world(777), new ProfileCostModel(profile)].map((costModel) => {
    const sink = new MetricsCollector();
    const workload = {
      kind: 'synthetic',
      requests: 400,
      arrivals,
      prompt: { kind: 'uniform', minTokens: 16, maxTokens: 500 },
      output: { kind: 'uniform', minTokens: 16, maxTokens: 256 },
      maxSequenceTokens: LIMITS.maxSequenceTokens,
    } as const;
    const source = createSource(workload, { seed: 3 });
    simulate({
      scheduler: createScheduler(config),
      source,
      costModel: costModel as CostModel,
      sink,
    });
    return sink.summary().values;
  });
  const off = (key: 'tpotMsMean' | 'e2eMsMean' | 'makespanSeconds' | 'ttftMsP50') =>
    Math.abs(predicted![key]! / real![key]! - 1);
  expect(off('tpotMsMean')).toBeLessThan(0.01);
  expect(off('e2eMsMean')).toBeLessThan(0.02);
  expect(off('makespanSeconds')).toBeLessThan(0.02);
  expect(off('ttftMsP50')).toBeLessThan(0.04);
});
