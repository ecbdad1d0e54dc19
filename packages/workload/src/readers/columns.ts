import { statSync } from 'node:fs';
import { FloverError } from '@flover/policy';
import { resolvePath } from '../files/lines.ts';
import { readAzure } from './azure.ts';
import { readBurstGpt } from './burstgpt.ts';
import { readMooncake } from './mooncake.ts';
import type { ReadOptions, TraceFormat } from './options.ts';
import type { Tokenize } from './prompt.ts';
import { readRequests, requestColumns } from './requests.ts';
import type { RequestColumns } from './row-collector.ts';

type TraceFile = { readonly format: TraceFormat; readonly path: string } & ReadOptions;

/** What was read last, newest last: policies and seeds ask for the traces of a mix again and again. */
const known: {
  readonly key: string;
  readonly tokenize: Tokenize | undefined;
  readonly columns: RequestColumns;
}[] = [];
const MOST_KNOWN = 4;

/** Where a trace's columns are read from: its folder, and what counts the tokens of texts. */
interface ColumnOptions {
  readonly folder?: string;
  readonly tokenize?: Tokenize;
}

/** Reads a trace in any format that has arrival times and lengths. */
export function readColumns(file: TraceFile, options: ColumnOptions = {}): RequestColumns {
  const { folder, tokenize } = options;
  const path = resolvePath(file.path, folder);
  const key = JSON.stringify([path, versionOf(path), file]);
  const place = known.findIndex((each) => each.key === key && each.tokenize === tokenize);
  const [found] = place < 0 ? [] : known.splice(place, 1);
  const kept = found ?? { key, tokenize, columns: read(path, file, tokenize) };
  known.push(kept);
  if (known.length > MOST_KNOWN) known.shift();
  return kept.columns;
}

/** Changes whenever the file does; nothing for a file that reading will complain of. */
function versionOf(path: string): string {
  try {
    const { ino, size, mtimeNs } = statSync(path, { bigint: true });
    return [ino, size, mtimeNs].join(' ');
  } catch {
    return '';
  }
}

function read(path: string, file: TraceFile, tokenize: Tokenize | undefined): RequestColumns {
  switch (file.format) {
    case 'azure':
      return readAzure(path, file);
    case 'burstgpt':
      return readBurstGpt(path, file);
    case 'mooncake':
      return readMooncake(path, file);
    case 'requests':
      return requestColumns(path, readRequests(path, tokenize && { tokenize }), file);
    default:
      throw new FloverError(
        'workload-invalid',
        `format is ${JSON.stringify(file.format)}, which is none that can be read`,
        'choose azure, burstgpt, mooncake or requests',
      );
  }
}
