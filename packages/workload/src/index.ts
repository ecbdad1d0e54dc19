export type {
  ArrivalConfig,
  ArrivalProcess,
  ClosedLoopArrivals,
  OpenArrivalConfig,
  Rate,
} from './arrivals/config.ts';
export type {
  CancelConfig,
  OutputLimit,
  SyntheticWorkload,
  TooLong,
  TraceWorkload,
  WorkloadConfig,
} from './config.ts';
export type { LengthConfig, PairConfig } from './lengths/config.ts';
export { syntheticPrompt } from './prompts.ts';
export { type RandomStream, stream, wholeBelow } from './random.ts';
export type { MalformedRow, ReadOptions, TraceFormat } from './readers/options.ts';
export type { RequestSource, SamplingParameters, WorkloadRequest } from './request.ts';
export { createSource, type SourceOptions } from './source.ts';
