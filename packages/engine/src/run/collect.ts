import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collector = (options?: { readonly type: 'minor' }) => void;

/** Collects the garbage of what came before, so that no run pays for it with a pause of its own. */
export function collectGarbage(): void {
  collector()?.();
}

/** Collects what was made lately and is garbage already: a fraction of a millisecond. */
export function collectYoung(): void {
  collector()?.({ type: 'minor' });
}

let found: Collector | undefined;

/** The host's own, which it shows only to those who ask. */
function collector(): Collector | undefined {
  if (found !== undefined) return found;
  setFlagsFromString('--expose-gc');
  const shown: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof shown === 'function') found = shown as Collector;
  return found;
}
