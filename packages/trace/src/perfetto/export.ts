import { invariant } from '@flover/policy';
import { OutputFile } from '@flover/workload';
import { readTrace } from '../jsonl/reader.ts';
import { playTrace } from '../play.ts';
import type { TraceRecord } from '../record.ts';
import type { ChromeEvent } from './chrome-event.ts';
import { perfettoSink } from './perfetto-sink.ts';

const bufferCharacters = 1 << 16;

/**
 * Writes a trace file as Chrome trace JSON, which ui.perfetto.dev and chrome://tracing open.
 *
 * A track a slot (prefill, decode and moves of each request), a track a lane (its iterations), and
 * counters of active sequences, waiting requests and KV memory. Format: the Trace Event Format,
 * object form, times in microseconds. Throws FloverError 'trace-...' and 'export-write-failed'.
 */
export function exportPerfetto(tracePath: string, outputPath: string): void {
  const records = readTrace(tracePath);
  const { value: header } = records.next();
  invariant(header?.kind === 'header', 'a trace is read from its header on');
  const file = new OutputFile(outputPath, 'export-write-failed');
  let pending = '{"displayTimeUnit":"ms","traceEvents":[';
  let separator = '\n';
  const flush = (): void => {
    const bytes = Buffer.from(pending);
    pending = '';
    file.write(bytes);
  };
  const emit = (event: ChromeEvent): void => {
    pending += separator + JSON.stringify(event);
    separator = ',\n';
    if (pending.length >= bufferCharacters) flush();
  };
  try {
    playTrace(records, perfettoSink(header, emit));
    pending += '\n]}\n';
    flush();
  } finally {
    file.close();
  }
}

/** The same events in memory, for views and tests. */
export function chromeEvents(records: Iterable<TraceRecord>, scheduler: unknown): ChromeEvent[] {
  const events: ChromeEvent[] = [];
  playTrace(
    records,
    perfettoSink({ scheduler }, (event) => events.push(event)),
  );
  return events;
}
