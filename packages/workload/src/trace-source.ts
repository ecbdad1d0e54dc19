import type { Nanos, RequestId } from '@flover/policy';
import type { TraceWorkload } from './config.ts';
import { resolvePath } from './files/lines.ts';
import { LengthFit } from './fit.ts';
import { OpenSource } from './open-source.ts';
import { readColumns } from './readers/columns.ts';
import { requestsSource } from './readers/requests-source.ts';
import type { RequestSource, WorkloadRequest } from './request.ts';
import type { SourceOptions } from './source.ts';

/** The requests of a file, at the times that the file says. */
export function traceSource(config: TraceWorkload, options: SourceOptions): RequestSource {
  if (config.format === 'requests') return requestsSource(config, options);
  const path = resolvePath(config.path, options.folder);
  const columns = readColumns(config, options);
  const fit = new LengthFit(config, config.outputLimit, (i) => `${path}:${columns.lines[i]}`);
  let index = 0;
  const arrivals = { nextNanos: () => columns.arrivalNanos[index++]! };
  const count = columns.arrivalNanos.length;
  // Too-long requests are refused before the run, not in its middle.
  for (let i = 0; i < count; i++) fit.fit(i, columns.promptTokens[i]!, columns.outputTokens[i]!);
  const make = (id: RequestId, arrivalNanos: Nanos): WorkloadRequest => {
    fit.fit(id, columns.promptTokens[id]!, columns.outputTokens[id]!);
    return {
      id,
      arrivalNanos,
      promptTokens: fit.promptTokens,
      maxOutputTokens: fit.maxOutputTokens,
      outputTokens: fit.outputTokens,
      group: 'single',
      width: 1,
    };
  };
  return new OpenSource(arrivals, count, make, columns.malformed);
}
