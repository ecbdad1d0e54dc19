import { ExitCode } from '../exit.ts';

/**
 * Calls `cancel` at the first Ctrl-C (or SIGTERM) and quits at the second; returns what gives the
 * signals back.
 */
export function onInterrupt(cancel: () => void): () => void {
  let cancelled = false;
  const interrupt = () => {
    if (cancelled) process.exit(ExitCode.Interrupted);
    cancelled = true;
    cancel();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return () => {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  };
}
