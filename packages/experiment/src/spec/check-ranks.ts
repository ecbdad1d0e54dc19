import { undivided } from '@flover/engine';
import { modelOf } from '../engine-source.ts';
import type { LoadedExperiment } from './load.ts';
import { specProblem } from './problems.ts';

const SIZES = [1, 2, 4, 8];

/** The model can be divided among the ranks, and each has a device that it may have. */
export function checkRanks(experiment: LoadedExperiment): void {
  const { spec, source } = experiment;
  const { tensorParallel: size, devices, collective } = spec.engine;
  if (devices !== undefined && devices.length !== size) {
    const message = `${devices.length} devices are named for ${size} ranks`;
    throw specProblem(source, ['engine', 'devices'], message, 'Name one a rank, or none.');
  }
  const second = devices?.findIndex((device, rank) => devices.indexOf(device) !== rank) ?? -1;
  if (devices !== undefined && second >= 0 && collective === 'nccl') {
    const device = devices[second]!;
    const first = devices.indexOf(device);
    throw specProblem(
      source,
      ['engine', 'devices'],
      `ranks ${first} and ${second} share device ${device}, and NCCL takes one rank a device`,
      'Set collective to one-shot, or give every rank a device of its own.',
    );
  }
  if (size === 1) return;
  const { shape } = modelOf(experiment);
  const why = undivided(shape, size);
  if (why === undefined) return;
  const allowed = SIZES.filter((other) => undivided(shape, other) === undefined);
  throw specProblem(
    source,
    ['engine', 'tensorParallel'],
    `${size} ranks cannot share ${shape.name}: ${why}`,
    `Allowed for this model: ${allowed.join(', ')}.`,
  );
}
