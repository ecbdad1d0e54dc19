import { type ModelShape, modelNamed } from '@flover/trace';

/** Every branch of both families, small enough for hundreds of cases. */
export const tinyShapes: readonly ModelShape[] = ['tiny-llama', 'tiny-llama-gqa', 'tiny-gptj'].map(
  modelNamed,
);

/** Heads as wide as those of real models, so that a GPU's kernels for them take part; two layers. */
export const wideShapes: readonly ModelShape[] = [
  {
    ...modelNamed('tiny-llama'),
    name: 'wide-llama',
    hidden: 1024,
    intermediate: 2752,
    heads: 8,
    kvHeads: 4,
    headDim: 128,
    vocabulary: 1000,
    rope: { theta: 10_000, dims: 128, scaling: { kind: 'none' } },
  },
  {
    ...modelNamed('tiny-gptj'),
    name: 'wide-gptj',
    hidden: 1024,
    intermediate: 4096,
    heads: 4,
    kvHeads: 4,
    headDim: 256,
    vocabulary: 1000,
    rope: { theta: 10_000, dims: 64, scaling: { kind: 'none' } },
  },
];

/** The shapes of these names, wide ones and those of every known model; throws `unknown-model`. */
export function validationShapes(names: readonly string[]): readonly ModelShape[] {
  return names.map((name) => wideShapes.find((shape) => shape.name === name) ?? modelNamed(name));
}
