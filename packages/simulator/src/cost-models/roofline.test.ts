import { modelNamed } from '@flover/trace';
import { describe, expect, test } from 'vitest';
import { decodeWork, mixedWork, prefillWork } from '../../test/support/work.ts';
import { predictNanos } from '../cost-model.ts';
import { deviceNamed } from '../devices.ts';
import { sumSeconds } from './collectives.ts';
import { RooflineCostModel } from './roofline.ts';
import type { RooflineConfig } from './roofline-config.ts';

const shape = modelNamed('llama-13b');
const bare = { memory: 1, compute: 1, hostLink: 1, iterationNanos: 0, copyNanos: 0 };
const ideal = new RooflineCostModel({
  device: { ...deviceNamed('h100-sxm'), memoryBytesPerSecond: 3100e9 },
  shape,
  dataType: 'f16',
  efficiency: bare,
});

describe('LLaMA-13B fp16 at 3.1 TB/s and 260 tokens of context meets the memory floor', () => {
  test.each([
    [1, 8.36],
    [8, 8.84],
    [16, 9.39],
    [32, 10.5],
    [64, 12.7],
  ])('batch %i: %f ms', (batch, floorMs) => {
    const nanos = predictNanos(ideal, decodeWork(new Array(batch).fill(260)));
    expect(nanos / 1e6 / floorMs).toBeCloseTo(1, 2);
  });
});

test('prefill of 512 tokens is bound by the matrix units', () => {
  const flops = 512 * 2 * 12_687_754_240 + 2 * 32_000 * 5120 + (4 * 40 * 5120 * 512 ** 2) / 2;
  const nanos = predictNanos(ideal, prefillWork(0, 512));
  expect(nanos / ((flops / 989e12) * 1e9)).toBeCloseTo(1, 4);
});

test('rows of both kinds read the weights twice, or once where the passes are shared', () => {
  const shared = new RooflineCostModel({
    device: deviceNamed('h100-sxm'),
    shape,
    dataType: 'f16',
    efficiency: bare,
    mixedRows: 'shared',
  });
  const separate = new RooflineCostModel({
    device: deviceNamed('h100-sxm'),
    shape,
    dataType: 'f16',
    efficiency: bare,
  });
  const decode = decodeWork([300, 300]);
  const prefill = prefillWork(0, 16);
  const mixed = mixedWork(decode, prefill);
  const sum = predictNanos(separate, decode) + predictNanos(separate, prefill);
  expect(Math.abs(predictNanos(separate, mixed) - sum)).toBeLessThanOrEqual(1);
  const weightsNanos = (25.7e9 / 3350e9) * 1e9;
  expect((sum - predictNanos(shared, mixed)) / weightsNanos).toBeCloseTo(1, 2);
});

test('a slot move of 512 tokens reads and writes 419 MB', () => {
  const move = { sequence: 0, index: 0, fromBlock: 2, toBlock: 0, tokens: 512 };
  const work = decodeWork([513], { moves: [move] });
  expect(ideal.costOf(work).moveNanos / 1e6).toBeCloseTo((2 * 512 * 819_200) / 3100e9 / 1e-3, 4);
  expect(predictNanos(ideal, work)).toBe(
    predictNanos(ideal, decodeWork([513])) + ideal.costOf(work).moveNanos,
  );
});

test('two decodes share the bandwidth; prefill beside decode costs less than one after the other', () => {
  const factors = new Float64Array(2);
  const decode = decodeWork(new Array(32).fill(260));
  ideal.slowdowns([ideal.costOf(decode), ideal.costOf(decode)], factors);
  expect(factors[0]).toBeCloseTo(2, 1);
  ideal.slowdowns([ideal.costOf(decode), ideal.costOf(prefillWork(0, 1024))], factors);
  expect(factors[0]).toBeGreaterThan(1);
  expect(factors[0]).toBeLessThan(2);
  expect(factors[1]).toBeGreaterThan(1);
});

describe('ranks', () => {
  const h100 = { ...deviceNamed('h100-sxm'), memoryBytesPerSecond: 3100e9 };
  const free = { ...bare, peerLink: 1, sumNanos: { 'one-shot': 0, nccl: 0 } };
  const model = (name: string, worldSize: number, change: Partial<RooflineConfig> = {}) =>
    new RooflineCostModel({
      device: h100,
      shape: modelNamed(name),
      dataType: 'f16',
      efficiency: free,
      worldSize,
      ...change,
    });

  // Weights alone, at 3.1 TB/s a device: 10.4 and 10.5 ms.
  test.each([
    ['llama-33b', 2, 10.4],
    ['llama-65b', 4, 10.5],
  ])('%s on %i devices meets the memory floor of %f ms', (name, worldSize, floorMs) => {
    const nanos = predictNanos(model(name, worldSize), decodeWork([1]));
    expect(nanos / 1e6 / floorMs).toBeCloseTo(1, 1);
  });

  test('a LLaMA iteration adds up twice in each of 60 layers, and gathers the logits', () => {
    const sumNanos = { 'one-shot': 5_000, nccl: 20_000 };
    const work = decodeWork([260, 260]);
    const nothing = predictNanos(model('llama-33b', 2), work);
    for (const collective of ['one-shot', 'nccl'] as const) {
      const slow = model('llama-33b', 2, { collective, efficiency: { ...free, sumNanos } });
      const bytes = predictNanos(model('llama-33b', 2, { collective }), work) - nothing;
      expect(predictNanos(slow, work) - nothing - bytes).toBeCloseTo(
        (2 * 60 + 1) * sumNanos[collective],
        -2,
      );
    }
  });

  test('every rank reads the parts of all others, gathered or where they lie', () => {
    const link = { worldSize: 4, bytesPerSecond: 450e9, nanos: 7_000 };
    const seconds = 7e-6 + (3 * 8192 * 32 * 4) / 450e9;
    expect(sumSeconds(link, 8192 * 32)).toBeCloseTo(seconds, 12);
    expect(sumSeconds({ ...link, worldSize: 1 }, 8192 * 32)).toBe(0);
    const [oneShot, nccl] = (['one-shot', 'nccl'] as const).map((collective) =>
      predictNanos(model('llama-65b', 4, { collective }), prefillWork(0, 512)),
    );
    expect(nccl).toBe(oneShot);
  });

  test('threads of one device share its bandwidth', () => {
    const device = deviceNamed('cpu');
    const work = decodeWork([260]);
    const alone = predictNanos(model('llama-7b', 1, { device }), work);
    expect(predictNanos(model('llama-7b', 4, { device }), work)).toBeGreaterThan(alone);
  });
});
