import { whole } from '../checks.ts';
import type { FixedLength } from './config.ts';

/** Always the same. */
export function fixedLength(config: FixedLength, what: string): () => number {
  const tokens = whole(config.tokens, `${what}.tokens`, 1);
  return () => tokens;
}
