import { dataTypeBytes, models } from '@flover/trace';
import { expect, test } from 'vitest';
import { decodeWork, prefillWork } from '../../test/support/work.ts';
import { predictNanos } from '../cost-model.ts';
import { devices } from '../devices.ts';
import { RooflineCostModel } from './roofline.ts';
import type { RooflineConfig } from './roofline-config.ts';

/** Products alone, as a pencil counts them: norms and biases are under 1 % of any of these models. */
function byHand(config: Required<Pick<RooflineConfig, 'worldSize'>> & RooflineConfig) {
  const { device, shape, dataType, worldSize } = config;
  const { layers, hidden, intermediate, heads, kvHeads, headDim, vocabulary } = shape;
  const bytes = dataTypeBytes[dataType];
  const attention = 2 * hidden * heads * headDim + 2 * hidden * kvHeads * headDim;
  const feedForward = (shape.family === 'gptj' ? 2 : 3) * hidden * intermediate;
  const inLayers = layers * (attention + feedForward);
  const inHead = hidden * vocabulary;
  const kvBytes = 2 * layers * kvHeads * headDim * bytes;
  const shares = device.peerLinkBytesPerSecond > 0 ? worldSize : 1;
  const linkBytes = (device.peerLinkBytesPerSecond || device.memoryBytesPerSecond) * 0.8;
  const others = worldSize - 1;

  function seconds(kvTokens: number, flops: number, tokens: number, sampled: number): number {
    const memory = ((inLayers + inHead) * bytes + kvTokens * kvBytes) / (shares * 0.92);
    const compute = flops / (shares * 0.65);
    const busy = Math.max(
      memory / device.memoryBytesPerSecond,
      compute / device.flopsPerSecond[dataType],
    );
    const sums = layers * (shape.family === 'gptj' ? 1 : 2);
    const received = others * (sums * tokens * hidden + (sampled * vocabulary) / worldSize) * 4;
    const meetings = others === 0 ? 0 : (sums + 1) * 1.8e-6;
    return busy + received / linkBytes + meetings + 50e-6;
  }
  const pair = 4 * layers * heads * headDim;
  return {
    decode: (rows: number, context: number) =>
      seconds(rows * (context + 1), rows * (2 * (inLayers + inHead) + context * pair), rows, rows),
    prefill: (from: number, to: number) =>
      seconds(
        to,
        2 * (to - from) * inLayers + 2 * inHead + (pair * (to ** 2 - from ** 2)) / 2,
        to - from,
        1,
      ),
  };
}

const configs = devices.flatMap((device) =>
  models.flatMap((shape) =>
    [1, 2, 4].flatMap((worldSize) =>
      (['f16', 'f32'] as const).map((dataType) => ({ device, shape, dataType, worldSize })),
    ),
  ),
);

test.each(
  configs.map((config) => ({
    ...config,
    title: `${config.worldSize} x ${config.device.name}, ${config.shape.name}, ${config.dataType}`,
  })),
)('$title: decode and prefill are what a pencil gives', (config) => {
  const model = new RooflineCostModel(config);
  const hand = byHand(config);
  for (const [rows, context] of [
    [1, 9],
    [32, 260],
    [64, 2000],
  ] as const) {
    const nanos = predictNanos(model, decodeWork(new Array(rows).fill(context)));
    expect(nanos / 1e9 / hand.decode(rows, context)).toBeCloseTo(1, 1.7);
  }
  for (const [from, to] of [
    [0, 8],
    [0, 1024],
    [512, 1024],
  ] as const) {
    const nanos = predictNanos(model, prefillWork(from, to));
    expect(nanos / 1e9 / hand.prefill(from, to)).toBeCloseTo(1, 1.7);
  }
});
