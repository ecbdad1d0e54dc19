import type { TraceWorkload } from './config.ts';
import type { RequestSource } from './request.ts';
import type { SourceOptions } from './source.ts';

export declare function traceSource(c: TraceWorkload, o: SourceOptions): RequestSource;
