import type { Nanos, RequestId } from '@flover/policy';
import { notEmpty } from '../checks.ts';
import type { TraceWorkload } from '../config.ts';
import { resolvePath } from '../files/lines.ts';
import { LengthFit } from '../fit.ts';
import { OpenSource } from '../open-source.ts';
import type { RequestSource, WorkloadRequest } from '../request.ts';
import type { SourceOptions } from '../source.ts';
import { type RequestFile, readRequests } from './requests.ts';
import { RowCollector } from './row-collector.ts';

/** The requests of our own file, with their prompts, sampling parameters and cancels. */
export function requestsSource(config: TraceWorkload, options: SourceOptions): RequestSource {
  const path = resolvePath(config.path, options.folder);
  const file = readRequests(path, {
    ...(config.malformed && { malformed: config.malformed }),
    ...(options.tokenize && { tokenize: options.tokenize }),
  });
  notEmpty(file.requests, `the requests of ${path}`);
  const requests = select(path, file, config).map(fitted(config, path, file));
  let index = 0;
  const arrivals = { nextNanos: () => requests[index++]!.arrivalNanos };
  const make = (id: RequestId, arrivalNanos: Nanos) => ({ ...requests[id]!, id, arrivalNanos });
  return new OpenSource(arrivals, requests.length, make, file.malformed);
}

/** The requests asked for, in order of arrival; the rows' lines are places in the file. */
function select(path: string, file: RequestFile, config: TraceWorkload): WorkloadRequest[] {
  const rows = new RowCollector(path, config, 'zero');
  file.requests.forEach((request, i) => {
    rows.add(i, request.arrivalNanos, 1, 1);
  });
  const { arrivalNanos, lines: places } = rows.finish();
  return Array.from(places, (place, i) => ({
    ...file.requests[place]!,
    arrivalNanos: arrivalNanos[i]!,
  }));
}

function fitted(
  config: TraceWorkload,
  path: string,
  file: RequestFile,
): (request: WorkloadRequest) => WorkloadRequest {
  const { outputLimit } = config;
  const fit = new LengthFit(config, outputLimit, (id) => `${path}:${file.lines[id]}`);
  const longest = config.maxSequenceTokens ?? Number.POSITIVE_INFINITY;
  return (request) => {
    const { outputTokens, maxOutputTokens, promptTokens, promptTokenIds } = request;
    fit.fit(request.id, promptTokens, outputTokens ?? maxOutputTokens);
    const shortened = fit.promptTokens < promptTokens;
    return {
      ...request,
      promptTokens: fit.promptTokens,
      maxOutputTokens:
        outputLimit === undefined
          ? Math.min(maxOutputTokens, longest - fit.promptTokens)
          : fit.maxOutputTokens,
      ...(outputTokens !== undefined && { outputTokens: fit.outputTokens }),
      ...(shortened &&
        promptTokenIds && { promptTokenIds: promptTokenIds.slice(-fit.promptTokens) }),
    };
  };
}
