import { FloverError } from '@flover/policy';

/** Runs a native call; what the addon throws leaves as a `FloverError` with its code and hint. */
export function guarded<T>(call: () => T): T {
  try {
    return call();
  } catch (cause) {
    throw fromNative(cause);
  }
}

/** The `FloverError` of an error that the addon threw; anything else as it is. */
export function fromNative(cause: unknown): unknown {
  if (cause instanceof FloverError || !(cause instanceof Error)) return cause;
  // Errors of the system have a code too; only those of the addon always have a hint.
  const { code, hint } = cause as Error & { code?: unknown; hint?: unknown };
  if (typeof code !== 'string' || typeof hint !== 'string') return cause;
  return new FloverError(code, cause.message, hint === '' ? undefined : hint, cause);
}
