export type { FooterRecord, HeaderRecord, MeasureRecord, TraceSink } from './events.ts';
export * from './models/index.ts';
export { type Manifest, manifestSchema } from './manifest.ts';
export { type MemorySink, memorySink } from './memory-sink.ts';
export { nullSink } from './null-sink.ts';
export type { ActionRecord, CutOffRecord, EventRecord, TraceRecord } from './record.ts';
export { tee } from './tee.ts';
