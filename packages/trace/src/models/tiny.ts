import type { ModelShape } from './shape.ts';

const tinyLlama: ModelShape = {
  name: 'tiny-llama',
  family: 'llama',
  layers: 2,
  hidden: 64,
  intermediate: 160,
  heads: 4,
  kvHeads: 4,
  headDim: 16,
  vocabulary: 256,
  maxPositions: 512,
  normEpsilon: 1e-5,
  tiedEmbeddings: false,
  attentionBias: false,
  rope: { theta: 10_000, dims: 16, scaling: { kind: 'none' } },
};

/** Shapes for tests: every branch of both families, no size worth speaking of. */
export const tinyModels: readonly ModelShape[] = [
  tinyLlama,
  { ...tinyLlama, name: 'tiny-llama-gqa', kvHeads: 2, tiedEmbeddings: true },
  {
    ...tinyLlama,
    name: 'tiny-gptj',
    family: 'gptj',
    intermediate: 256,
    rope: { theta: 10_000, dims: 8, scaling: { kind: 'none' } },
  },
];
