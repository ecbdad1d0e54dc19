import { RowFlag, type Work } from '@flover/policy';
import {
  type CostModel,
  type DeviceSheet,
  deviceNamed,
  RooflineCostModel,
} from '@flover/simulator';
import { type ModelShape, modelNamed } from '@flover/trace';
import type { PublishedModel } from './tables.ts';

/**
 * The data sheet behind the fits. The code is built for SM 80, and 32 slots of LLaMA-33B do not fit
 * two devices of 40 GB.
 */
export const PUBLISHED_DEVICE = 'a100-80gb';

/** The shape that was published under a model's name: 65B ran with the feed-forward width of 7B. */
export function publishedShape(model: PublishedModel): ModelShape {
  const shape = modelNamed(model);
  return model === 'llama-65b' ? { ...shape, intermediate: 11_008 } : shape;
}

/** What a published engine costs: a roofline with a fitted time beside every iteration. */
export interface PublishedEngine {
  readonly model: PublishedModel;
  readonly gpus: number;
  readonly iterationMicros: number;
}

/**
 * The cost model of a published engine.
 *
 * All its GPUs count as one with their bandwidths and rates together; collectives are in the fitted
 * time of an iteration. The published LLaMA code never calls its prefill: there it costs nothing.
 */
export function publishedCostModel(engine: PublishedEngine): CostModel {
  const roofline = new RooflineCostModel({
    device: together(deviceNamed(PUBLISHED_DEVICE), engine.gpus),
    shape: publishedShape(engine.model),
    dataType: 'f16',
    efficiency: { iterationNanos: engine.iterationMicros * 1000, planNanos: 0, launchNanos: 0 },
  });
  return engine.model === 'gptj-6b' ? roofline : new WithoutPrefill(roofline);
}

function together(device: DeviceSheet, gpus: number): DeviceSheet {
  const { f32, f16, bf16 } = device.flopsPerSecond;
  return {
    ...device,
    name: `${gpus} x ${device.name}`,
    memoryBytes: device.memoryBytes * gpus,
    memoryBytesPerSecond: device.memoryBytesPerSecond * gpus,
    flopsPerSecond: { f32: f32 * gpus, f16: f16 * gpus, bf16: bf16 * gpus },
  };
}

type RooflineCost = ReturnType<RooflineCostModel['costOf']>;

/** A roofline for which a work that only prefills takes a nanosecond and no bandwidth. */
class WithoutPrefill implements CostModel<RooflineCost> {
  readonly name = 'roofline-without-prefill';
  readonly kvBytesPerToken: number;
  readonly #roofline: RooflineCostModel;

  constructor(roofline: RooflineCostModel) {
    this.#roofline = roofline;
    this.kvBytesPerToken = roofline.kvBytesPerToken;
  }

  costOf(work: Work): RooflineCost {
    const cost = this.#roofline.costOf(work);
    if (work.flags.some((flags) => (flags & RowFlag.Decode) !== 0)) return cost;
    return { ...cost, soloNanos: 1, moveNanos: 0, memoryShare: 0, computeShare: 0 };
  }

  slowdowns(running: readonly RooflineCost[], factors: Float64Array): void {
    this.#roofline.slowdowns(running, factors);
  }
}
