import { type ReplayCosts, replayDecisions } from '@flover/metrics';
import { RowFlag, type Work } from '@flover/policy';
import { memorySink } from '@flover/trace';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CostModel, WorkCost } from '../src/cost-model.ts';
import { LinearCostModel } from '../src/cost-models/linear.ts';
import { WarmDevice } from '../src/cost-models/warmth.ts';
import { record, schedulerConfig } from './support/run.ts';
import { listSource } from './support/source.ts';

const policies = ['temporal-fusion', 'continuous-batching', 'concurrent-instances', 'sequential'];

const worlds = fc.record({
  policy: fc.constantFrom(...policies),
  planAhead: fc.constantFrom<0 | 1>(0, 1),
  noticeNanos: fc.nat(3000),
  gapNanos: fc.nat(500),
  latencyNanos: fc.nat(5000),
  launchNanos: fc.nat(4000),
  interference: fc.double({ min: 0, max: 2, noNaN: true }),
  warmSlowdown: fc.double({ min: 0, max: 1, noNaN: true }),
  requests: fc.array(fc.tuple(fc.nat(60_000), fc.integer({ min: 1, max: 90 }), fc.nat(20)), {
    minLength: 1,
    maxLength: 12,
  }),
});
type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never;

/** A linear cost model whose host and gaps are those of the world. */
function modelOf(world: World): CostModel {
  const { noticeNanos, gapNanos, latencyNanos, launchNanos, interference } = world;
  const linear = new LinearCostModel({
    iterationNanos: 5000,
    decodeRowNanos: 70,
    prefillTokenNanos: 300,
    planNanos: 200,
    launchNanos,
    interference,
  });
  const warm = (cost: WorkCost) => ({
    ...cost,
    heat: cost.soloNanos > 6000 ? 0.5 : 0,
    warmSlowdown: world.warmSlowdown,
  });
  return {
    name: 'linear, with a host, on a device that gets warm',
    kvBytesPerToken: 1,
    noticeNanos,
    freshState: () => {
      const device = new WarmDevice({ constantNanos: 20_000, prompts: 'given-alone' });
      return {
        begin: (cost, timeNanos, sharers) => device.begin(warm(cost), timeNanos, sharers),
        end: (cost, timeNanos) => device.end(warm(cost), timeNanos),
      };
    },
    costOf: (work) => ({
      ...linear.costOf(work),
      latencyNanos,
      gapNanos,
      prefills: work.flags.some((flag) => (flag & RowFlag.Decode) === 0),
    }),
    slowdowns: (running, factors, sharers) => {
      linear.slowdowns(running, factors);
      // What the device was given while others had fewer prompts is held up less.
      sharers?.forEach((lanes, i) => {
        if (i < running.length) factors[i] = 1 + ((factors[i] - 1) * (1 + lanes)) / 3;
      });
    },
  };
}

function replayCosts(model: CostModel): ReplayCosts {
  const cost = (work: Work): WorkCost => model.costOf(work);
  return {
    predictNanos: (work) => cost(work).soloNanos,
    freshState: () => {
      const state = model.freshState?.();
      return (
        state && {
          begin: (work, timeNanos, sharers) => state.begin(cost(work), timeNanos, sharers),
          end: (work, timeNanos) => state.end(cost(work), timeNanos),
        }
      );
    },
    planNanos: (work) => cost(work).planNanos,
    launchNanos: (work) => cost(work).launchNanos,
    latencyNanos: (work) => cost(work).latencyNanos ?? 0,
    gapNanos: (work) => cost(work).gapNanos ?? 0,
    noticeNanos: model.noticeNanos ?? 0,
    slowdowns: (running, factors, sharers) =>
      model.slowdowns?.(running.map(cost), factors, sharers),
  };
}

test('a simulated run replayed with its own costs, host and gaps is that run', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const model = modelOf(world);
      const requests = [...world.requests]
        .sort(([a], [b]) => a - b)
        .map(([arrivalNanos, promptTokens, more]) => ({
          arrivalNanos,
          promptTokens,
          maxOutputTokens: 1 + more,
        }));
      const config = schedulerConfig(world.policy, { planAhead: world.planAhead });
      const { records } = record(config, listSource(requests), model);
      const again = memorySink();
      replayDecisions(records, replayCosts(model), again);
      expect(again.records).toEqual(records);
    }),
    { numRuns: 150 },
  );
});

test.each([0, 1] as const)('the host hears of ends later, planAhead %i', (planAhead) => {
  const model = modelOf({
    policy: 'sequential',
    planAhead,
    noticeNanos: 900,
    gapNanos: 30,
    latencyNanos: 400,
    launchNanos: 0,
    interference: 0,
    warmSlowdown: 0,
    requests: [],
  });
  const requests = [{ arrivalNanos: 1000, promptTokens: 1, maxOutputTokens: 4 }];
  const { records } = record(
    schedulerConfig('sequential', { planAhead }),
    listSource(requests),
    model,
  );
  const works = records.flatMap((r) => (r.kind === 'measure' ? [r] : []));
  const heard = records.flatMap((r) =>
    r.kind === 'event' && r.event.kind === 'end' ? [r.event.timeNanos] : [],
  );
  expect(heard).toEqual(works.map(({ endNanos }) => endNanos + 900));
  // Planned in 200 ns, and 400 ns on the way to an idle device.
  expect(works[0].startNanos).toBe(1600);
  for (const [i, { startNanos }] of works.entries()) {
    if (i === 0) continue;
    // Planned ahead, it follows on the device after the gap; else the host hears, plans and launches.
    const waits = planAhead === 1 ? 30 : 900 + 600;
    expect(startNanos).toBe(works[i - 1].endNanos + waits);
  }
});
