import { totalmem } from 'node:os';
import { deviceNamed } from '@flover/simulator';
import { kvBytesPerToken, weightBytes } from '@flover/trace';
import { cellsOf, kvCapacityTokens } from '../cells.ts';
import { modelOf } from '../engine-source.ts';
import { profiledRanks } from '../profiled-ranks.ts';
import type { LoadedExperiment } from './load.ts';
import { specProblem } from './problems.ts';

/**
 * Weights and KV fit the memory that is known before anything runs: a data sheet's, or this
 * machine's for the CPU backend. A GPU's is known when the engine opens.
 */
export function checkMemory(experiment: LoadedExperiment): void {
  const { source } = experiment;
  const memory = knownMemory(experiment);
  if (memory === undefined) return;
  const { shape, dataType } = modelOf(experiment);
  const weights = weightBytes(shape, dataType);
  for (const cell of cellsOf(experiment)) {
    if (cell.replication > 0) continue;
    const kv = kvCapacityTokens(cell.scheduler) * kvBytesPerToken(shape, dataType);
    if (weights + kv <= memory.bytes) continue;
    throw specProblem(
      source,
      ['limits'],
      `${cell.label} reserves ${gigabytes(kv)} of KV beside ${gigabytes(weights)} of weights, but ` +
        `${gigabytes(memory.bytes)} is all that ${memory.of} can hold`,
      'Lower limits.maxSequences, limits.maxSequenceTokens or the memory of this policy.',
    );
  }
}

function knownMemory({ spec }: LoadedExperiment): { bytes: number; of: string } | undefined {
  const { costModel } = spec;
  if ('device' in costModel && costModel.device !== undefined) {
    const device = deviceNamed(costModel.device);
    const { worldSize, ranksPerDevice = 1 } = profiledRanks(spec.engine);
    // Ranks hold alike: what the device with the most of them holds, times how many hold as much.
    const devices = worldSize / ranksPerDevice;
    const many = Number.isInteger(devices)
      ? `${devices} x ${device.name}`
      : `${worldSize} ranks, ${ranksPerDevice} on one ${device.name},`;
    const of = devices === 1 ? device.name : many;
    return { bytes: device.memoryBytes * devices, of };
  }
  return spec.engine.backend === 'cpu' ? { bytes: totalmem(), of: 'this machine' } : undefined;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e10 ? 1 : 0)} GB`;
}
