import type { ModelShape } from './shape.ts';

function small(
  name: string,
  layers: number,
  hidden: number,
  intermediate: number,
  heads: number,
  maxPositions: number,
): ModelShape {
  return {
    name,
    family: 'llama',
    layers,
    hidden,
    intermediate,
    heads,
    kvHeads: heads,
    headDim: hidden / heads,
    vocabulary: 32_000,
    maxPositions,
    normEpsilon: 1e-5,
    tiedEmbeddings: true,
    attentionBias: false,
    rope: { theta: 10_000, dims: hidden / heads, scaling: { kind: 'none' } },
  };
}

/** Models that a processor runs in a moment: SmolLM2 (config.json) and the llama2.c shapes. */
export const smallModels: readonly ModelShape[] = [
  {
    name: 'smollm2-135m',
    family: 'llama',
    layers: 30,
    hidden: 576,
    intermediate: 1536,
    heads: 9,
    kvHeads: 3,
    headDim: 64,
    vocabulary: 49_152,
    maxPositions: 8192,
    normEpsilon: 1e-5,
    tiedEmbeddings: true,
    attentionBias: false,
    rope: { theta: 100_000, dims: 64, scaling: { kind: 'none' } },
  },
  small('llama-15m', 6, 288, 768, 6, 1024),
  small('llama-42m', 8, 512, 1376, 8, 1024),
  small('llama-110m', 12, 768, 2048, 12, 1024),
];
