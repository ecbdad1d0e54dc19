import type { TraceSink } from './events.ts';
import type { TraceRecord } from './record.ts';

/** Keeps every record in memory, in order: for tests, replays and small runs. */
export interface MemorySink extends TraceSink {
  readonly records: readonly TraceRecord[];
}

/** An empty memory sink; works are kept by reference, which is safe since they never change. */
export function memorySink(): MemorySink {
  const records: TraceRecord[] = [];
  return {
    records,
    event(event) {
      records.push({ kind: 'event', event });
    },
    action(action, timeNanos) {
      records.push({ kind: 'action', action, timeNanos });
    },
    measure(record) {
      records.push(record);
    },
    close(footer) {
      records.push(footer);
    },
  };
}
