import { FloverError } from '@flover/policy';
import { isRecord, parseJsonLine } from '../files/json-line.ts';
import { readLines } from '../files/lines.ts';
import type { WorkloadRequest } from '../request.ts';
import type { MalformedRow, ReadOptions } from './options.ts';
import { rowPrompt, type Tokenize } from './prompt.ts';
import { requestProblem } from './request-fields.ts';
import { malformedRow, type RequestColumns, RowCollector } from './row-collector.ts';

/** First line of a request file. */
export const requestsHeader = { format: 'flover-requests', version: 1 } as const;

/** What is read of a request file; requests are in file order and numbered so. */
export interface RequestFile {
  readonly requests: readonly WorkloadRequest[];
  /** 1-based line of each request. */
  readonly lines: readonly number[];
  readonly malformed: readonly MalformedRow[];
}

export interface ReadRequestsOptions {
  readonly malformed?: 'fail' | 'skip';
  /** Turns text prompts into token ids; without it text needs `promptTokens` beside it. */
  readonly tokenize?: Tokenize;
}

/**
 * Reads a request file: JSON lines, the first naming format and version.
 *
 * Throws FloverError 'file-unreadable', 'workload-version', 'workload-malformed' with the line, or
 * 'workload-empty'.
 */
export function readRequests(path: string, options: ReadRequestsOptions = {}): RequestFile {
  const requests: WorkloadRequest[] = [];
  const lines: number[] = [];
  const malformed: MalformedRow[] = [];
  for (const { text, line } of readLines(path)) {
    const row = parseJsonLine(text);
    if (line === 1) {
      checkHeader(path, row);
      continue;
    }
    if (text.trim() === '') continue;
    const request = readRequest(row, requests.length, options.tokenize);
    if (typeof request !== 'string') {
      requests.push(request);
      lines.push(line);
      continue;
    }
    if (options.malformed !== 'skip') throw malformedRow(path, { line, problem: request });
    malformed.push({ line, problem: request });
  }
  if (requests.length === 0) throw emptyFile(path, malformed.length);
  return { requests, lines, malformed };
}

/** Arrival times and lengths alone; an output that the model would end counts as its limit. */
export function requestColumns(
  path: string,
  file: RequestFile,
  options: ReadOptions,
): RequestColumns {
  const rows = new RowCollector(path, options, 'zero');
  file.requests.forEach((request, i) => {
    const output = request.outputTokens ?? request.maxOutputTokens;
    rows.add(file.lines[i]!, request.arrivalNanos, request.promptTokens, output);
  });
  return rows.finish();
}

function emptyFile(path: string, malformed: number): FloverError {
  return new FloverError(
    'workload-empty',
    `${path} has no request in it (${malformed} malformed rows)`,
    `begin it with ${JSON.stringify(requestsHeader)}, then a line for each request`,
  );
}

function checkHeader(path: string, row: unknown): void {
  const header = isRecord(row) ? row : {};
  if (header.format === requestsHeader.format && header.version === requestsHeader.version) {
    return;
  }
  throw new FloverError(
    'workload-version',
    `${path}:1: the file does not begin with ${JSON.stringify(requestsHeader)}`,
    'add that line, or name the format that the file has (azure, burstgpt, mooncake)',
  );
}

/** A request, or what is wrong with the row. */
function readRequest(
  row: unknown,
  id: number,
  tokenize: Tokenize | undefined,
): WorkloadRequest | string {
  const problem = requestProblem(row);
  if (problem !== undefined) return problem;
  const { arrivalMs, ...fields } = row as Record<string, unknown> &
    Partial<WorkloadRequest> & {
      arrivalMs?: number;
    };
  const prompt = rowPrompt(fields, tokenize);
  if (typeof prompt === 'string') return prompt;
  const renamed = fields.id !== undefined && fields.id !== id && fields.sourceName === undefined;
  return {
    ...(fields as WorkloadRequest),
    id,
    arrivalNanos: fields.arrivalNanos ?? Math.round(arrivalMs! * 1e6),
    ...prompt,
    group: fields.group ?? 'single',
    width: fields.width ?? 1,
    ...(renamed && { sourceName: String(fields.id) }),
  };
}
