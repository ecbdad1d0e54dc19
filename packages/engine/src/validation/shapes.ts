import { type ModelShape, modelNamed } from '@flover/trace';

/** A rank's neurons come in multiples of this on a GPU. */
const NEURONS = 8;

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

/** A shape that so many ranks can divide; where it has too few heads, with a multiple of them. */
export function dividedShape(shape: ModelShape, ranks: number): ModelShape {
  let times = 1;
  while ((shape.kvHeads * times) % ranks !== 0) times += 1;
  const [heads, kvHeads] = [shape.heads * times, shape.kvHeads * times];
  const grain = ranks * NEURONS;
  const intermediate = Math.ceil(shape.intermediate / grain) * grain;
  return { ...shape, heads, kvHeads, intermediate };
}

/** The shapes of these names, wide ones and those of every known model; throws `unknown-model`. */
export function validationShapes(names: readonly string[]): readonly ModelShape[] {
  return names.map((name) => wideShapes.find((shape) => shape.name === name) ?? modelNamed(name));
}
