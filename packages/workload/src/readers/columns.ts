import { FloverError } from '@flover/policy';
import { resolvePath } from '../files/lines.ts';
import { readAzure } from './azure.ts';
import { readBurstGpt } from './burstgpt.ts';
import { readMooncake } from './mooncake.ts';
import type { ReadOptions, TraceFormat } from './options.ts';
import { readRequests, requestColumns } from './requests.ts';
import type { RequestColumns } from './row-collector.ts';

/** Reads a trace in any format that has arrival times and lengths. */
export function readColumns(
  file: { readonly format: TraceFormat; readonly path: string } & ReadOptions,
  folder?: string,
): RequestColumns {
  const path = resolvePath(file.path, folder);
  switch (file.format) {
    case 'azure':
      return readAzure(path, file);
    case 'burstgpt':
      return readBurstGpt(path, file);
    case 'mooncake':
      return readMooncake(path, file);
    case 'requests':
      return requestColumns(path, readRequests(path), file);
    default:
      throw new FloverError(
        'workload-invalid',
        `format is ${JSON.stringify(file.format)}, which is none that can be read`,
        'choose azure, burstgpt, mooncake or requests',
      );
  }
}
