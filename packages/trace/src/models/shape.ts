/** How weights and activations are stored. */
export type DataType = 'f32' | 'f16' | 'bf16';

/** Bytes of one element. */
export const dataTypeBytes: Readonly<Record<DataType, number>> = { f32: 4, f16: 2, bf16: 2 };

/** How rotary frequencies are stretched; `llama3` is the way of the Llama 3.1 release. */
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

/** Rotary position embedding. */
export interface RopeShape {
  readonly theta: number;
  /** Leading dimensions of each head that are rotated; even, at most `headDim`. */
  readonly dims: number;
  readonly scaling: RopeScaling;
}

/**
 * The shape of a decoder-only transformer: all that its weights' sizes follow from.
 *
 * `llama`: RMSNorm, rotated halves, SwiGLU, no biases. `gptj`: LayerNorm, interleaved rotation,
 * attention beside a GELU layer of two products, biases in that layer and in the output head.
 * The data type is apart, since one shape is run in several.
 */
export interface ModelShape {
  readonly name: string;
  readonly family: 'llama' | 'gptj';
  readonly layers: number;
  readonly hidden: number;
  /** Width of the feed-forward layer. */
  readonly intermediate: number;
  readonly heads: number;
  /** Heads of keys and values; fewer than `heads` is grouped-query attention. */
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocabulary: number;
  /** Longest sequence, tokens. */
  readonly maxPositions: number;
  readonly normEpsilon: number;
  /** The output head is the embedding table. */
  readonly tiedEmbeddings: boolean;
  /** Biases in the attention's projections. */
  readonly attentionBias: boolean;
  readonly rope: RopeShape;
}
