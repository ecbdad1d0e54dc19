import type { DataType, ModelShape } from '@flover/trace';

/** A model that the engine can run: its shape, how it is stored, and where its outputs end. */
export interface EngineModel {
  readonly shape: ModelShape;
  /** Of weights and KV. */
  readonly dataType: DataType;
  /** Tokens that end an output; may be empty. */
  readonly endTokens: readonly number[];
}
