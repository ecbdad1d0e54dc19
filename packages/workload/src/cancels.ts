import { notNegative, ordered, share } from './checks.ts';
import type { CancelConfig } from './config.ts';
import type { RandomStream } from './random.ts';

/** Draws how long after arrival a client gives up, nanoseconds; undefined: it never does. */
export function drawCancels(config: CancelConfig, random: RandomStream): () => number | undefined {
  const givesUp = share(config.share, 'cancels.share');
  const leastNanos = notNegative(config.minAfterMs, 'cancels.minAfterMs') * 1e6;
  const mostNanos = notNegative(config.maxAfterMs, 'cancels.maxAfterMs') * 1e6;
  ordered(leastNanos, mostNanos, 'cancels.minAfterMs, maxAfterMs');
  return () => {
    const cancels = random() < givesUp;
    const afterNanos = Math.round(leastNanos + random() * (mostNanos - leastNanos));
    return cancels ? afterNanos : undefined;
  };
}
