import { FloverError } from '@flover/policy';

/** Runs a native call; what the addon throws leaves as a `FloverError` with its code and hint. */
export function guarded<T>(call: () => T): T {
  try {
    return call();
  } catch (cause) {
    throw fromNative(cause);
  }
}

function fromNative(cause: unknown): unknown {
  if (cause instanceof FloverError || !(cause instanceof Error)) return cause;
  const { code, hint } = cause as Error & { code?: unknown; hint?: unknown };
  if (typeof code !== 'string') return cause;
  const advice = typeof hint === 'string' && hint !== '' ? hint : undefined;
  return new FloverError(code, cause.message, advice, cause);
}
