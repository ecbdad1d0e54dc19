import type { TraceSink } from './events.ts';
import type { TraceRecord } from './record.ts';

/**
 * Tells a sink all that a trace holds, in order, and closes it.
 *
 * A trace that was cut off closes with outcome 'failed' at the last time that it knows.
 */
export function playTrace(records: Iterable<TraceRecord>, sink: TraceSink): void {
  let timeNanos = 0;
  for (const record of records) {
    switch (record.kind) {
      case 'header':
        break;
      case 'event':
        timeNanos = record.event.timeNanos;
        sink.event(record.event);
        break;
      case 'action':
        timeNanos = record.timeNanos;
        sink.action(record.action, record.timeNanos);
        break;
      case 'measure':
        sink.measure(record);
        break;
      case 'footer':
        sink.close(record);
        return;
      case 'cut-off': {
        const message = `the trace ends at line ${record.line} (${record.reason})`;
        sink.close({ kind: 'footer', timeNanos, outcome: 'failed', message });
        return;
      }
    }
  }
}
