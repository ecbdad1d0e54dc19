import { modelNamed } from '@flover/trace';
import { describe, expect, test } from 'vitest';
import { LinearCostModel } from '../src/cost-models/linear.ts';
import { RooflineCostModel } from '../src/cost-models/roofline.ts';
import { deviceNamed } from '../src/devices.ts';
import { record, schedulerConfig, stays } from './support/run.ts';
import { listSource } from './support/source.ts';

const policies = ['temporal-fusion', 'sequential', 'continuous-batching', 'concurrent-instances'];

describe.each(policies)('%s serves a single request', (policy) => {
  test('in the sum of its iterations, exactly', () => {
    const costs = { iterationNanos: 1000, prefillTokenNanos: 7, decodeKvTokenNanos: 3 };
    const source = listSource([{ arrivalNanos: 500, promptTokens: 10, maxOutputTokens: 5 }]);
    const { records } = record(schedulerConfig(policy), source, new LinearCostModel(costs));
    // A prompt of 10, then decodes over 11, 12, 13 and 14 tokens of KV.
    const expected = 1000 + 70 + 4 * 1000 + 3 * (11 + 12 + 13 + 14);
    expect(stays(records).get(0)).toEqual([500, 500 + expected]);
  });

  test('with the host in between when nothing is planned ahead', () => {
    const costs = { iterationNanos: 1000, planNanos: 20, launchNanos: 30 };
    const source = listSource([{ arrivalNanos: 0, promptTokens: 10, maxOutputTokens: 5 }]);
    const { records } = record(schedulerConfig(policy), source, new LinearCostModel(costs));
    expect(stays(records).get(0)).toEqual([0, 5 * (50 + 1000)]);
  });

  test('with the host hidden where the next iteration is planned ahead on the same lane', () => {
    const costs = { iterationNanos: 1000, planNanos: 20, launchNanos: 30 };
    const source = listSource([{ arrivalNanos: 0, promptTokens: 10, maxOutputTokens: 5 }]);
    const config = schedulerConfig(policy, { planAhead: 1 });
    const { records } = record(config, source, new LinearCostModel(costs));
    const end = stays(records).get(0)?.[1] ?? Number.NaN;
    // Once on entering; once more where decode has its own lane and must see prefill's end.
    expect([5 * 1000 + 50, 5 * 1000 + 100]).toContain(end);
  });

  test('in the sum of its predicted works under a roofline, exactly', () => {
    const shape = modelNamed('llama-7b');
    const device = deviceNamed('a100-80gb');
    const model = new RooflineCostModel({ device, shape, dataType: 'f16' });
    const source = listSource([{ arrivalNanos: 0, promptTokens: 200, maxOutputTokens: 50 }]);
    const { records } = record(schedulerConfig(policy), source, model);
    let sum = 0;
    for (const entry of records) {
      if (entry.kind !== 'action' || entry.action.kind !== 'launch') continue;
      const { work } = entry.action;
      const cost = model.costOf(work);
      sum += cost.soloNanos + cost.planNanos + cost.launchNanos;
    }
    expect(stays(records).get(0)?.[1]).toBe(sum);
  });
});
