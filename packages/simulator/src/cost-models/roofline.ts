import type { Work } from '@flover/policy';
import {
  dataTypeBytes,
  headParameters,
  kvBytesPerToken,
  type ModelShape,
  streamedParameters,
} from '@flover/trace';
import { type CostModel, type WorkCost, wholeNanos } from '../cost-model.ts';
import { FeatureReader, type WorkFeatures } from '../work-features.ts';
import { type Link, passSumsSeconds } from './collectives.ts';
import {
  defaultEfficiency,
  devicesAtOnce,
  type RooflineConfig,
  type RooflineEfficiency,
} from './roofline-config.ts';
import { contend, type ResourceShares } from './roofline-contention.ts';

/** Seconds that a phase keeps the memory and the matrix units busy. */
interface Demand {
  memory: number;
  compute: number;
}

type RooflineCost = WorkCost & ResourceShares;

const NANOS = 1e9;

/**
 * Bytes over bandwidth, operations over rate, whichever takes longer, for each phase of a work.
 *
 * Decode reads all weights once and the KV of every sequence; prefill reads all weights once and
 * multiplies them with every prompt token. Ranks share weights, KV and operations equally and add up
 * their parts; where the sheet has no link to peers they are threads of one device.
 */
export class RooflineCostModel implements CostModel<RooflineCost> {
  readonly name = 'roofline';
  readonly kvBytesPerToken: number;
  readonly #efficiency: RooflineEfficiency;
  readonly #shape: ModelShape;
  readonly #link: Link;
  readonly #shared: boolean;
  readonly #weightBytes: number;
  readonly #bytesPerSecond: number;
  readonly #flopsPerSecond: number;
  readonly #hostBytesPerSecond: number;
  /** Operations of a token in all layers; in the output head; of a pair of attention. */
  readonly #layerFlops: number;
  readonly #headFlops: number;
  readonly #pairFlops: number;
  readonly #reader = new FeatureReader();
  readonly #decode: Demand = { memory: 0, compute: 0 };
  readonly #prefill: Demand = { memory: 0, compute: 0 };

  constructor(config: RooflineConfig) {
    const { device, shape, dataType } = config;
    const { worldSize = 1, collective = 'one-shot' } = config;
    const efficiency = { ...defaultEfficiency, ...config.efficiency };
    this.#efficiency = efficiency;
    this.#shared = config.mixedRows === 'shared';
    this.kvBytesPerToken = kvBytesPerToken(shape, dataType);
    this.#shape = shape;
    const linked = device.peerLinkBytesPerSecond > 0;
    const peerBytesPerSecond = linked ? device.peerLinkBytesPerSecond : device.memoryBytesPerSecond;
    this.#link = {
      worldSize,
      bytesPerSecond: peerBytesPerSecond * efficiency.peerLink,
      nanos: efficiency.sumNanos[collective],
    };
    // Ranks work on their shares at the same time, as one device of all their rates together.
    const devices = devicesAtOnce(config);
    this.#weightBytes = streamedParameters(shape) * dataTypeBytes[dataType];
    this.#bytesPerSecond = devices * device.memoryBytesPerSecond * efficiency.memory;
    this.#flopsPerSecond = devices * device.flopsPerSecond[dataType] * efficiency.compute;
    this.#hostBytesPerSecond = devices * device.hostLinkBytesPerSecond * efficiency.hostLink;
    this.#headFlops = 2 * headParameters(shape);
    this.#layerFlops = 2 * streamedParameters(shape) - this.#headFlops;
    this.#pairFlops = pairFlops(shape);
  }

  costOf(work: Work): RooflineCost {
    const features = this.#reader.read(work);
    const { iterationNanos, planNanos, launchNanos } = this.#efficiency;
    const seconds = this.deviceSeconds(features) + iterationNanos / NANOS;
    const moveNanos = this.#copyNanos(features);
    return {
      soloNanos: wholeNanos(seconds * NANOS) + moveNanos,
      moveNanos,
      planNanos,
      launchNanos,
      memoryShare: Math.min(1, (this.#decode.memory + this.#prefill.memory) / seconds),
      computeShare: Math.min(1, (this.#decode.compute + this.#prefill.compute) / seconds),
    };
  }

  /** Bytes, operations and sums alone: what no engine on this device undercuts. */
  deviceSeconds(features: WorkFeatures): number {
    return this.#rowsSeconds(features) + this.#sumsSeconds(features);
  }

  slowdowns(running: readonly RooflineCost[], factors: Float64Array): void {
    contend(running, this.#efficiency.contention, factors);
  }

  /** Fills `#decode` and `#prefill`, and returns the time of both. */
  #rowsSeconds(features: WorkFeatures): number {
    const decode = this.#decodeDemand(features);
    const prefill = this.#prefillDemand(features);
    if (this.#shared && features.decodeRows > 0 && features.prefillTokens > 0) {
      decode.memory -= this.#weightBytes / this.#bytesPerSecond;
      return Math.max(decode.memory + prefill.memory, decode.compute + prefill.compute);
    }
    return Math.max(decode.memory, decode.compute) + Math.max(prefill.memory, prefill.compute);
  }

  /** Sums over ranks: the rows of both phases take a pass each, or share one. */
  #sumsSeconds(features: WorkFeatures): number {
    if (this.#link.worldSize === 1) return 0;
    const { decodeRows, prefillTokens, prefillSampledRows } = features;
    const pass = (tokens: number, sampled: number) =>
      passSumsSeconds(this.#link, this.#shape, tokens, sampled);
    return this.#shared
      ? pass(decodeRows + prefillTokens, decodeRows + prefillSampledRows)
      : pass(decodeRows, decodeRows) + pass(prefillTokens, prefillSampledRows);
  }

  #decodeDemand(features: WorkFeatures): Demand {
    const demand = this.#decode;
    const rows = features.decodeRows;
    const kvBytes = (features.decodeKvTokens + rows) * this.kvBytesPerToken;
    const flops =
      rows * (this.#layerFlops + this.#headFlops) + features.decodeKvTokens * this.#pairFlops;
    demand.memory = rows === 0 ? 0 : (this.#weightBytes + kvBytes) / this.#bytesPerSecond;
    demand.compute = rows === 0 ? 0 : flops / this.#flopsPerSecond;
    return demand;
  }

  #prefillDemand(features: WorkFeatures): Demand {
    const demand = this.#prefill;
    const tokens = features.prefillTokens;
    const sampled = features.prefillSampledRows;
    const kvBytes = (features.prefillKvTokens + tokens) * this.kvBytesPerToken;
    const flops =
      tokens * this.#layerFlops +
      sampled * this.#headFlops +
      features.prefillPairs * this.#pairFlops;
    demand.memory = tokens === 0 ? 0 : (this.#weightBytes + kvBytes) / this.#bytesPerSecond;
    demand.compute = tokens === 0 ? 0 : flops / this.#flopsPerSecond;
    return demand;
  }

  /** A copy within the device reads and writes; a swap crosses the host link. */
  #copyNanos(features: WorkFeatures): number {
    if (features.moves === 0 && features.swappedTokens === 0) return 0;
    const moved = (2 * features.movedTokens * this.kvBytesPerToken) / this.#bytesPerSecond;
    const swapped = (features.swappedTokens * this.kvBytesPerToken) / this.#hostBytesPerSecond;
    const launches = (features.moves > 0 ? 1 : 0) + (features.swappedTokens > 0 ? 1 : 0);
    return wholeNanos((moved + swapped) * NANOS + launches * this.#efficiency.copyNanos);
  }
}

/** Two products of `headDim` for each query head and layer, 2 operations each. */
function pairFlops(shape: ModelShape): number {
  return 4 * shape.layers * shape.heads * shape.headDim;
}
