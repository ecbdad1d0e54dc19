/** Element type of weights and KV. */
export type DataType = 'f32' | 'f16' | 'bf16';

/** How attention positions are stretched beyond those of the pretraining. */
export type RopeScaling =
  | { readonly kind: 'none' }
  | { readonly kind: 'linear'; readonly factor: number }
  | {
      readonly kind: 'llama3';
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      readonly originalPositions: number;
    };

/**
 * What a model is made of; mirrors `ModelConfig` of native/include/flover/model.h.
 *
 * Sizes count elements: `hidden` = width of the residual stream, `headDim` = width of one head.
 */
export interface ModelShape {
  readonly family: 'llama' | 'gptj';
  readonly dataType: DataType;
  readonly layers: number;
  readonly hidden: number;
  readonly intermediate: number;
  readonly heads: number;
  /** Fewer than `heads`: grouped-query attention. */
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocabulary: number;
  /** Longest sequence that the position embedding allows, tokens. */
  readonly maxPositions: number;
  readonly normEpsilon: number;
  readonly tiedEmbeddings: boolean;
  readonly attentionBias: boolean;
  /** Tokens that end an output; may be empty. */
  readonly endTokens: readonly number[];
  readonly rope: {
    readonly theta: number;
    /** Rotated dimensions of each head. */
    readonly dims: number;
    readonly scaling: RopeScaling;
  };
}

const BYTES = { f32: 4, f16: 2, bf16: 2 } as const;

/** Bytes of one element. */
export function elementBytes(type: DataType): number {
  return BYTES[type];
}

/** KV bytes that one token holds over all layers. */
export function kvBytesPerToken(shape: ModelShape): number {
  return 2 * shape.layers * shape.kvHeads * shape.headDim * elementBytes(shape.dataType);
}
