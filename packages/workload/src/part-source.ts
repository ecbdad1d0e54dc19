import type { SyntheticWorkload, TraceWorkload } from './config.ts';
import type { RandomStream } from './random.ts';
import type { RequestSource } from './request.ts';
import { sentBy } from './sender.ts';
import type { SourceOptions } from './source.ts';
import { syntheticSource } from './synthetic.ts';
import { traceSource } from './trace-source.ts';

/** The random stream of a name. */
export type Streams = (name: string) => RandomStream;

/** The requests of one synthetic or recorded workload, whoever sends them. */
export function partSource(
  config: SyntheticWorkload | TraceWorkload,
  options: SourceOptions,
  random: Streams,
): RequestSource {
  const source =
    config.kind === 'synthetic'
      ? syntheticSource(config, options, random)
      : traceSource(config, options);
  return sentBy(config, source);
}
