import type { ModelShape } from '@flover/trace';

/** How ranks add up what each has a part of; see `engine.collective` of an experiment. */
export const collectives = ['one-shot', 'nccl'] as const;
export type Collective = (typeof collectives)[number];

/** What a sum over ranks takes beside its bytes, and the rate of those. */
export interface Link {
  /** Devices that share every layer. */
  readonly worldSize: number;
  /** From all peers together, one way. */
  readonly bytesPerSecond: number;
  /** Meeting, launching and hearing of the end. */
  readonly nanos: number;
}

/** Parts are added up as fp32, so that the order of ranks alone decides the bits. */
const PART_BYTES = 4;

/**
 * Seconds that one sum over all ranks takes, of `elements` numbers.
 *
 * Every rank reads the parts of all others, and adds them up in their order: by `one-shot` where they
 * lie, by `nccl` after they were gathered. Only what comes beside the bytes differs.
 */
export function sumSeconds({ worldSize, bytesPerSecond, nanos }: Link, elements: number): number {
  if (worldSize === 1) return 0;
  return nanos / 1e9 + ((worldSize - 1) * elements * PART_BYTES) / bytesPerSecond;
}

/**
 * Seconds that the ranks' sums take in one pass of a model.
 *
 * LLaMA adds up after attention and after the feed-forward layer, GPT-J once for both; the logits of
 * the divided output head are gathered. The embedding is whole on every rank, as it is on GPUs: CPU
 * ranks divide it, for one sum more.
 */
export function passSumsSeconds(
  link: Link,
  shape: ModelShape,
  tokens: number,
  sampledTokens: number,
): number {
  if (link.worldSize === 1 || tokens === 0) return 0;
  const sums = shape.layers * (shape.family === 'llama' ? 2 : 1);
  const layers = sums * sumSeconds(link, tokens * shape.hidden);
  if (sampledTokens === 0) return layers;
  const others = (link.worldSize - 1) / link.worldSize;
  const gathered = others * sampledTokens * shape.vocabulary * PART_BYTES;
  return layers + link.nanos / 1e9 + gathered / link.bytesPerSecond;
}
