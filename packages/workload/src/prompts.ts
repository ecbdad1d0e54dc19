import { stream, wholeBelow } from './random.ts';

/**
 * The made-up prompt of a request that brings none: token ids in [0, vocabularySize).
 *
 * Depends on the seed, the replication and the request's number, or the name of its stream, alone.
 */
export function syntheticPrompt(
  seed: number,
  replication: number,
  request: number | string,
  promptTokens: number,
  vocabularySize: number,
): Int32Array {
  const random = stream(seed, `prompt/${request}`, replication);
  const ids = new Int32Array(promptTokens);
  for (let i = 0; i < promptTokens; i++) ids[i] = wholeBelow(random, vocabularySize);
  return ids;
}
