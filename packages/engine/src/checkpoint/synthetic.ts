import { type DataType, modelNamed } from '@flover/trace';
import type { ModelSource } from '../engine.ts';

/** A named model (`llama-13b`, `gptj-6b`, ...) with weights made from a seed on the device. */
export function syntheticSource(name: string, dataType: DataType, seed: number): ModelSource {
  return { kind: 'synthetic', shape: modelNamed(name), dataType, seed };
}
