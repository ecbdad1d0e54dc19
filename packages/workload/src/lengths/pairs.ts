import { notEmpty, whole } from '../checks.ts';
import { type RandomStream, wholeBelow } from '../random.ts';

/** Prompt and output lengths as columns. */
export interface PairColumns {
  readonly promptTokens: ArrayLike<number>;
  readonly outputTokens: ArrayLike<number>;
}

/** Draws rows of the columns with replacement: the index of the pair. */
export function drawPair(columns: PairColumns, random: RandomStream): () => number {
  const rows = columns.promptTokens.length;
  return () => wholeBelow(random, rows);
}

/** Checks a list of pairs and turns it into columns. */
export function pairColumns(pairs: readonly (readonly [number, number])[]): PairColumns {
  notEmpty(pairs, 'lengths.pairs');
  return {
    promptTokens: pairs.map(([prompt], i) => whole(prompt, `lengths.pairs[${i}][0]`, 1)),
    outputTokens: pairs.map(([, output], i) => whole(output, `lengths.pairs[${i}][1]`, 1)),
  };
}
