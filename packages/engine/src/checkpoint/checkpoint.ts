import { FloverError } from '@flover/policy';
import type { DataType } from '@flover/trace';
import type { NativeEngine } from '../addon-types.ts';
import type { EngineModel } from '../model.ts';
import { fromNative } from '../native-error.ts';
import { readConfig } from './config.ts';
import { checkWeights, expectedTensors } from './expected.ts';
import { openWeights, streamTensors, type Weights } from './weights.ts';

/** A checkpoint folder whose config and headers have been read and agree. */
export interface Checkpoint {
  readonly folder: string;
  readonly model: EngineModel;
  readonly weights: Weights;
}

const CODES = { F32: 0, F16: 1, BF16: 2 } as const;

/** Reads and checks the config and the headers of a checkpoint folder, no weights yet. */
export function openCheckpoint(source: { folder: string; dataType?: DataType }): Checkpoint {
  const model = readConfig(source.folder, source.dataType);
  const weights = openWeights(source.folder);
  checkWeights(model.shape, weights, source.folder);
  return { folder: source.folder, model, weights };
}

/** Gives every tensor to the engine, one at a time; what it refuses names the file. */
export function loadCheckpoint(checkpoint: Checkpoint, native: NativeEngine): void {
  const names = expectedTensors(checkpoint.model.shape).keys();
  for (const { entry, bytes } of streamTensors(checkpoint.weights, names)) {
    const type = CODES[entry.dtype as keyof typeof CODES];
    try {
      native.loadTensor(entry.name, type, entry.shape, bytes);
    } catch (cause) {
      const error = fromNative(cause);
      if (!(error instanceof FloverError)) throw error;
      throw new FloverError(error.code, `${entry.file}: ${error.message}`, error.hint, cause);
    }
  }
}
