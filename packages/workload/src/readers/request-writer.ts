import { OutputFile } from '../files/output-file.ts';
import { mapRequests } from '../map-requests.ts';
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
  const file = new OutputFile(path, 'requests-write-failed');
  let open = true;
  let pending = `${JSON.stringify(requestsHeader)}\n`;
  const flush = (): void => {
    const bytes = Buffer.from(pending);
    pending = '';
    file.write(bytes);
  };
  flush();
  return {
    write(request) {
      pending += `${JSON.stringify(request)}\n`;
      if (pending.length >= bufferCharacters) flush();
    },
    close() {
      if (!open) return;
      open = false;
      try {
        if (!file.failed) flush();
      } finally {
        file.close();
      }
    },
  };
}

/** The same source; each request taken is also given to `taken`. */
export function recordRequests(
  source: RequestSource,
  taken: (request: WorkloadRequest) => void,
): RequestSource {
  return mapRequests(source, (request) => {
    taken(request);
    return request;
  });
}
