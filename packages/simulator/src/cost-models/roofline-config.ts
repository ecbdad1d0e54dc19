import type { DataType, ModelShape } from '@flover/trace';
import type { DeviceSheet } from '../devices.ts';
import type { Collective } from './collectives.ts';

/** How much of a data sheet is reached, and what comes on top of bytes and operations. */
export interface RooflineEfficiency {
  /** Share of the memory's bandwidth that streams of weights and KV reach, in (0, 1]. */
  readonly memory: number;
  /** Share of the matrix rate that large products reach, in (0, 1]. */
  readonly compute: number;
  /** Share of the host link's bandwidth that swaps reach, in (0, 1]. */
  readonly hostLink: number;
  /** Share of the link to peers that sums over ranks reach, in (0, 1]. */
  readonly peerLink: number;
  /** Device time of every iteration beside its bytes and operations. */
  readonly iterationNanos: number;
  /** Device time of every copy kernel beside its bytes. */
  readonly copyNanos: number;
  /** Device time of every sum over ranks beside its bytes, by how it is done. */
  readonly sumNanos: Readonly<Record<Collective, number>>;
  /** Host time to plan an iteration, and to launch it. */
  readonly planNanos: number;
  readonly launchNanos: number;
  /** How strongly works that want the same resource disturb each other; see `roofline-contention`. */
  readonly contention: number;
}

/**
 * Reached on the H100 so far: 3,100 of 3,350 GB/s in a read-only stream; 1.3 us a launch; between two
 * of them a sum of one token beside the norm that it ends in (docs/engine-speed.md). The rest are customary
 * shares, to be replaced by a profile where accuracy matters.
 */
export const defaultEfficiency: RooflineEfficiency = {
  memory: 0.92,
  compute: 0.65,
  hostLink: 0.8,
  peerLink: 0.8,
  iterationNanos: 50_000,
  copyNanos: 5_000,
  sumNanos: { 'one-shot': 1_800, nccl: 10_200 },
  planNanos: 5_000,
  launchNanos: 10_000,
  contention: 1,
};

export interface RooflineConfig {
  readonly device: DeviceSheet;
  readonly shape: ModelShape;
  readonly dataType: DataType;
  /** Missing values take their defaults. */
  readonly efficiency?: Partial<RooflineEfficiency>;
  /**
   * Whether prefill and decode rows of one work share one pass over the weights, or take a path
   * each, as in engines whose bits do not depend on the batch. Default 'separate'.
   */
  readonly mixedRows?: 'shared' | 'separate';
  /** Ranks that share every layer. Default 1. */
  readonly worldSize?: number;
  /** Ranks of the device that has the most of them; those of one device share its rates. Default 1. */
  readonly ranksPerDevice?: number;
  /** How the ranks add up what each has a part of. Default 'one-shot'. */
  readonly collective?: Collective;
}

/**
 * Devices that work on a share each, at the same time: where a sheet has no link to peers, ranks are
 * threads of one device.
 */
export function devicesAtOnce({
  device,
  worldSize = 1,
  ranksPerDevice = 1,
}: RooflineConfig): number {
  return device.peerLinkBytesPerSecond > 0 ? worldSize / ranksPerDevice : 1;
}
