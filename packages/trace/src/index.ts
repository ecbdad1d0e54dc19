export type { FooterRecord, HeaderRecord, MeasureRecord, TraceSink } from './events.ts';
export { readTrace, readTraceHeader } from './jsonl/reader.ts';
export { type TraceWriter, type TraceWriterOptions, traceWriter } from './jsonl/writer.ts';
export { makeFolder } from './make-folder.ts';
export { type Manifest, manifestSchema } from './manifest.ts';
export { type MemorySink, memorySink } from './memory-sink.ts';
export * from './models/index.ts';
export { nullSink } from './null-sink.ts';
export { exportPerfetto } from './perfetto/export.ts';
export { playTrace } from './play.ts';
export type { ActionRecord, CutOffRecord, EventRecord, TraceRecord } from './record.ts';
export {
  createRunFolder,
  openRunFolder,
  type RunFolder,
  runFolderPaths,
  writeJson,
} from './run-folder.ts';
export { tee } from './tee.ts';
