import type { ModelShape } from './shape.ts';

/** GPT-J 6B (EleutherAI/gpt-j-6b, config.json). */
export const gptjModels: readonly ModelShape[] = [
  {
    name: 'gptj-6b',
    family: 'gptj',
    layers: 28,
    hidden: 4096,
    intermediate: 16_384,
    heads: 16,
    kvHeads: 16,
    headDim: 256,
    vocabulary: 50_400,
    maxPositions: 2048,
    normEpsilon: 1e-5,
    tiedEmbeddings: false,
    attentionBias: false,
    rope: { theta: 10_000, dims: 64, scaling: { kind: 'none' } },
  },
];
