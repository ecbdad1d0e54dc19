import type { ModelShape } from './shape.ts';

const llama3: ModelShape = {
  name: 'llama-3-8b',
  family: 'llama',
  layers: 32,
  hidden: 4096,
  intermediate: 14_336,
  heads: 32,
  kvHeads: 8,
  headDim: 128,
  vocabulary: 128_256,
  maxPositions: 8192,
  normEpsilon: 1e-5,
  tiedEmbeddings: false,
  attentionBias: false,
  rope: { theta: 500_000, dims: 128, scaling: { kind: 'none' } },
};

/** Llama 3 and 3.1 8B (arXiv 2407.21783, table 3, and the releases' config.json). */
export const llama3Models: readonly ModelShape[] = [
  llama3,
  {
    ...llama3,
    name: 'llama-3.1-8b',
    maxPositions: 131_072,
    rope: {
      theta: 500_000,
      dims: 128,
      scaling: {
        kind: 'llama3',
        factor: 8,
        lowFrequencyFactor: 1,
        highFrequencyFactor: 4,
        originalPositions: 8192,
      },
    },
  },
];
