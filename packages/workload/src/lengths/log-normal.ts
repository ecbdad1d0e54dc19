import { FloverError } from '@flover/policy';
import { randomLogNormal } from 'd3-random';
import { ordered, positive, whole } from '../checks.ts';
import type { RandomStream } from '../random.ts';
import type { LogNormalLength } from './config.ts';

/** Draws after which bounds are said to hold next to nothing of the distribution. */
const maxDraws = 100_000;

/** Log-normal, rounded; draws outside the bounds are drawn again. */
export function logNormalLength(
  config: LogNormalLength,
  random: RandomStream,
  what: string,
): () => number {
  const median = positive(config.medianTokens, `${what}.medianTokens`);
  const sigma = positive(config.sigma, `${what}.sigma`);
  const least = whole(config.minTokens ?? 1, `${what}.minTokens`, 1);
  const most = whole(config.maxTokens ?? Number.MAX_SAFE_INTEGER, `${what}.maxTokens`, 1);
  ordered(least, most, `${what}.minTokens, maxTokens`);
  const draw = randomLogNormal.source(random)(Math.log(median), sigma);
  return () => {
    for (let i = 0; i < maxDraws; i++) {
      const tokens = Math.round(draw());
      if (tokens >= least && tokens <= most) return tokens;
    }
    throw new FloverError(
      'workload-invalid',
      `${what}: ${maxDraws} log-normal draws in a row (median ${median}, sigma ${sigma}) fell ` +
        `outside [${least}, ${most}]`,
      'widen the bounds, or move the median into them',
    );
  };
}
