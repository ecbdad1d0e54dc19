import type { ModelShape } from './shape.ts';

function llama1(
  name: string,
  layers: number,
  hidden: number,
  intermediate: number,
  heads: number,
  normEpsilon: number,
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
    maxPositions: 2048,
    normEpsilon,
    tiedEmbeddings: false,
    attentionBias: false,
    rope: { theta: 10_000, dims: hidden / heads, scaling: { kind: 'none' } },
  };
}

/** LLaMA (arXiv 2302.13971, table 2, and the release's params.json). */
export const llamaModels: readonly ModelShape[] = [
  llama1('llama-7b', 32, 4096, 11_008, 32, 1e-6),
  llama1('llama-13b', 40, 5120, 13_824, 40, 1e-6),
  llama1('llama-33b', 60, 6656, 17_920, 52, 1e-6),
  llama1('llama-65b', 80, 8192, 22_016, 64, 1e-5),
];
