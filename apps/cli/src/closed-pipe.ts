import { ExitCode } from './exit.ts';

/**
 * Lets the reader of our output leave early, as `head` does: what follows is written nowhere, the
 * work goes on to its end, and the exit code stays what it would have been.
 *
 * Any other failure to write is the environment's.
 */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') return;
      process.exitCode = ExitCode.Environment;
      if (stream === process.stdout) {
        process.stderr.write(`error [write-failed] stdout: ${error.message}\n`);
      }
    });
  }
}
