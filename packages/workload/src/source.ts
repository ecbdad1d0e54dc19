import type { WorkloadConfig } from './config.ts';
import { mixedSource } from './mix.ts';
import { partSource, type Streams } from './part-source.ts';
import { stream } from './random.ts';
import type { Tokenize } from './readers/prompt.ts';
import type { RequestSource } from './request.ts';

/** What turns a workload's configuration into one list of requests. */
export interface SourceOptions {
  readonly seed: number;
  /** Another draw of the same workload: 0, 1, 2, ... Default 0. */
  readonly replication?: number;
  /** Where relative paths start; default the working directory. */
  readonly folder?: string;
  /** Turns text prompts of request files into token ids. */
  readonly tokenize?: Tokenize;
}

/**
 * The requests of a workload, in order of arrival.
 *
 * The same configuration, seed and replication give the same requests, whatever the policy does.
 * Throws FloverError 'workload-...' for impossible values, unreadable files and malformed rows.
 */
export function createSource(config: WorkloadConfig, options: SourceOptions): RequestSource {
  const random: Streams = (name) => stream(options.seed, name, options.replication ?? 0);
  return config.kind === 'mix'
    ? mixedSource(config, options, random)
    : partSource(config, options, random);
}
