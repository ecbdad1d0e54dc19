import { closeSync, openSync, writeSync } from 'node:fs';
import { FloverError } from '@flover/policy';
import type { RequestSource, WorkloadRequest } from '../request.ts';
import { requestsHeader } from './requests.ts';

const bufferCharacters = 1 << 16;

/** Writes a request file, request by request. */
export interface RequestWriter {
  write(request: WorkloadRequest): void;
  /** Writes what is left; calling it again does nothing. */
  close(): void;
}

/** Begins a request file; throws FloverError 'requests-write-failed', here and later. */
export function requestWriter(path: string): RequestWriter {
  const guard = <T>(act: () => T): T => {
    try {
      return act();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const hint = 'free space on the disk or choose another folder, then run again';
      throw new FloverError('requests-write-failed', `cannot write ${path}: ${why}`, hint, cause);
    }
  };
  let file: number | undefined = guard(() => openSync(path, 'w'));
  let pending = `${JSON.stringify(requestsHeader)}\n`;
  const flush = (): void => {
    const bytes = Buffer.from(pending);
    pending = '';
    for (let done = 0; done < bytes.length; ) done += guard(() => writeSync(file!, bytes, done));
  };
  return {
    write(request) {
      pending += `${JSON.stringify(request)}\n`;
      if (pending.length >= bufferCharacters) flush();
    },
    close() {
      if (file === undefined) return;
      try {
        flush();
      } finally {
        closeSync(file);
        file = undefined;
      }
    },
  };
}

/** The same source; each request taken is also given to `taken`. */
export function recordRequests(
  source: RequestSource,
  taken: (request: WorkloadRequest) => void,
): RequestSource {
  return {
    count: source.count,
    peekNanos: () => source.peekNanos(),
    take() {
      const request = source.take();
      taken(request);
      return request;
    },
    finished: (id, timeNanos) => source.finished(id, timeNanos),
  };
}
