export type {
  ArrivalConfig,
  ArrivalProcess,
  ClosedLoopArrivals,
  OpenArrivalConfig,
  Rate,
} from './arrivals/config.ts';
export { isTenant, TENANT_NAME } from './checks.ts';
export type {
  CancelConfig,
  MixedWorkload,
  OutputLimit,
  SyntheticWorkload,
  TooLong,
  TraceWorkload,
  WorkloadConfig,
  WorkloadPart,
} from './config.ts';
export { isRecord, parseJsonLine } from './files/json-line.ts';
export { readLines, resolvePath, type TextLine } from './files/lines.ts';
export { OutputFile } from './files/output-file.ts';
export type { LengthConfig, PairConfig } from './lengths/config.ts';
export { syntheticPrompt } from './prompts.ts';
export { type RandomStream, stream, wholeBelow } from './random.ts';
export { readAzure } from './readers/azure.ts';
export { readBurstGpt } from './readers/burstgpt.ts';
export { readColumns } from './readers/columns.ts';
export { readMooncake } from './readers/mooncake.ts';
export type { MalformedRow, ReadOptions, TraceFormat } from './readers/options.ts';
export type { Tokenize } from './readers/prompt.ts';
export { type RequestWriter, recordRequests, requestWriter } from './readers/request-writer.ts';
export { type ReadRequestsOptions, type RequestFile, readRequests } from './readers/requests.ts';
export type { RequestColumns } from './readers/row-collector.ts';
export type { RequestSource, SamplingParameters, WorkloadRequest } from './request.ts';
export { requestView } from './request-view.ts';
export { createSource, type SourceOptions } from './source.ts';
