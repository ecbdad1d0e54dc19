import { ordered, whole } from '../checks.ts';
import { type RandomStream, wholeBelow } from '../random.ts';
import type { UniformLength } from './config.ts';

/** Whole numbers from the least to the most, equally likely. */
export function uniformLength(
  config: UniformLength,
  random: RandomStream,
  what: string,
): () => number {
  const least = whole(config.minTokens, `${what}.minTokens`, 1);
  const most = whole(config.maxTokens, `${what}.maxTokens`, 1);
  ordered(least, most, `${what}.minTokens, maxTokens`);
  return () => least + wholeBelow(random, most - least + 1);
}
