import type { TraceSink } from './events.ts';

/**
 * Tells several sinks the same things, in the order given.
 *
 * A sink that fails in `close` does not keep the others from closing; the first error is thrown
 * when all have been told.
 */
export function tee(...sinks: readonly TraceSink[]): TraceSink {
  if (sinks.length === 1) return sinks[0]!;
  return {
    event(event) {
      for (const sink of sinks) sink.event(event);
    },
    action(action, timeNanos) {
      for (const sink of sinks) sink.action(action, timeNanos);
    },
    measure(record) {
      for (const sink of sinks) sink.measure(record);
    },
    idle() {
      for (const sink of sinks) sink.idle?.();
    },
    close(footer) {
      const errors: unknown[] = [];
      for (const sink of sinks) {
        try {
          sink.close(footer);
        } catch (error) {
          errors.push(error);
        }
      }
      if (errors.length > 0) throw errors[0];
    },
  };
}
