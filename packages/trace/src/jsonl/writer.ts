import { OutputFile } from '@flover/workload';
import type { HeaderRecord, TraceSink } from '../events.ts';
import { ByteBuffer } from './byte-buffer.ts';
import { encodeAction, encodeEvent, encodeFooter, encodeHeader, encodeMeasure } from './encode.ts';

/** A sink that writes a trace file. */
export interface TraceWriter extends TraceSink {
  /** Hands all records so far to the operating system. */
  flush(): void;
}

export interface TraceWriterOptions {
  /** Records wait in memory up to so many bytes; 0 writes each at once. Default 65,536. */
  readonly bufferBytes?: number;
  /** So many are written as soon as the executor is idle. Default: as many as `bufferBytes`. */
  readonly idleBytes?: number;
}

/**
 * Begins a trace file, replacing one that is there.
 *
 * Writes are synchronous and end at the end of a line, so a killed run leaves whole records. Throws
 * FloverError 'trace-write-failed', here or from any method, when the disk refuses; after that
 * `close` only closes the file.
 */
export function traceWriter(
  path: string,
  header: HeaderRecord,
  options: TraceWriterOptions = {},
): TraceWriter {
  const limitBytes = options.bufferBytes ?? 1 << 16;
  const idleBytes = options.idleBytes ?? limitBytes;
  const out = new ByteBuffer(limitBytes + 4096);
  const file = new OutputFile(path, 'trace-write-failed');
  const flush = (): void => {
    file.write(out.view());
    out.clear();
  };
  const writeFrom = (bytes: number): void => {
    if (out.length >= bytes) flush();
  };
  const wrote = (): void => writeFrom(limitBytes);
  encodeHeader(out, header);
  flush();
  return {
    flush,
    event(event) {
      encodeEvent(out, event);
      wrote();
    },
    action(action, timeNanos) {
      encodeAction(out, action, timeNanos);
      wrote();
    },
    measure(record) {
      encodeMeasure(out, record);
      wrote();
    },
    idle: () => writeFrom(Math.max(1, idleBytes)),
    close(footer) {
      try {
        if (!file.failed) {
          encodeFooter(out, footer);
          flush();
        }
      } finally {
        file.close();
      }
    },
  };
}
