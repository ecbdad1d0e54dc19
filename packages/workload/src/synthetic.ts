import type { SyntheticWorkload } from './config.ts';
import type { RequestSource } from './request.ts';
import type { SourceOptions } from './source.ts';

export declare function syntheticSource(c: SyntheticWorkload, o: SourceOptions): RequestSource;
