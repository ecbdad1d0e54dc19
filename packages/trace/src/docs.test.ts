import { readFileSync, writeFileSync } from 'node:fs';
import { readRequests } from '@flover/workload';
import { expect, test } from 'vitest';
import { decodeLine } from './jsonl/decode.ts';
import { readTrace } from './jsonl/reader.ts';
import { manifestSchema } from './manifest.ts';
import type { TraceRecord } from './record.ts';
import { lineSchema } from './schema.ts';
import { temporaryPath, writeTrace } from './testing/write-trace.ts';

const page = readFileSync(new URL('../../../docs/trace-format.md', import.meta.url), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, name, body]) =>
    name === language ? [body!] : [],
  );
const lines = blocks('jsonl').flatMap((block) => block.trim().split('\n'));

test.each(lines)('an example of the documentation is canonical: %s', (line) => {
  const record = decodeLine(line);
  if (typeof record === 'string') throw new Error(record);
  const path = temporaryPath('trace.jsonl');
  const header = decodeLine(lines[0]!) as TraceRecord;
  const footer: TraceRecord = { kind: 'footer', timeNanos: 0, outcome: 'complete' };
  const records =
    record.kind === 'header'
      ? [record, footer]
      : record.kind === 'footer'
        ? [header, record]
        : [header, record, footer];
  writeTrace(path, records);
  expect(readFileSync(path, 'utf8').split('\n')).toContain(line);
  expect([...readTrace(path)]).toEqual(records);
});

test('every kind of record has an example', () => {
  const shown = new Set(lines.map((line) => JSON.parse(line).kind));
  const kinds = lineSchema.options.map((option) => option.shape.kind.value);
  expect([...shown].sort()).toEqual([...kinds].sort());
});

test('the request file of the documentation is read', () => {
  const [body] = blocks('requests');
  const path = temporaryPath('requests.jsonl');
  writeFileSync(path, body!);
  expect(readRequests(path).requests).toMatchObject([
    { id: 0, outputTokens: 504 },
    { id: 1, arrivalNanos: 12_500_000, promptTokens: 3 },
    { id: 2, group: 'beams', promptText: 'Once upon a time', sourceName: 'story 3' },
    { id: 3, tenant: 'chat', priority: -1 },
  ]);
});

test('the manifest of the documentation has every field but build', () => {
  const manifest = manifestSchema.parse(JSON.parse(blocks('manifest')[0]!));
  const fields = Object.keys(manifestSchema.shape).filter((name) => name !== 'build');
  expect(Object.keys(manifest).sort()).toEqual(fields.sort());
});
