import { resolvePath } from '../files/lines.ts';
import type { RandomStream } from '../random.ts';
import type { LengthConfig } from './config.ts';
import { empiricalLength, readLengths } from './empirical.ts';
import { fixedLength } from './fixed.ts';
import { logNormalLength } from './log-normal.ts';
import { uniformLength } from './uniform.ts';

/** Draws lengths of at least 1 token; `what` names the configuration in errors. */
export function lengths(
  config: LengthConfig,
  random: RandomStream,
  what: string,
  folder?: string,
): () => number {
  switch (config.kind) {
    case 'fixed':
      return fixedLength(config, what);
    case 'uniform':
      return uniformLength(config, random, what);
    case 'log-normal':
      return logNormalLength(config, random, what);
    case 'empirical': {
      const tokens =
        'path' in config ? readLengths(resolvePath(config.path, folder)) : config.tokens;
      return empiricalLength(tokens, random, what);
    }
  }
}
