import { FloverError } from '@flover/policy';
import { notEmpty, whole } from '../checks.ts';
import { readLines } from '../files/lines.ts';
import { type RandomStream, wholeBelow } from '../random.ts';

/** Drawn with replacement from a list. */
export function empiricalLength(
  tokens: readonly number[],
  random: RandomStream,
  what: string,
): () => number {
  notEmpty(tokens, `${what}.tokens`);
  tokens.forEach((value, i) => {
    whole(value, `${what}.tokens[${i}]`, 1);
  });
  return () => tokens[wholeBelow(random, tokens.length)]!;
}

/** Reads one whole number a line; empty lines are passed over. */
export function readLengths(path: string): number[] {
  const lengths: number[] = [];
  for (const { text, line } of readLines(path)) {
    const trimmed = text.trim();
    if (trimmed === '') continue;
    if (!/^[1-9]\d{0,8}$/.test(trimmed)) {
      throw new FloverError(
        'workload-malformed',
        `${path}:${line}: "${trimmed.slice(0, 40)}" is not a length`,
        'write one whole number of at least 1 on each line',
      );
    }
    lengths.push(Number(trimmed));
  }
  return lengths;
}
