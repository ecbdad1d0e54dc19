import { readFileSync } from 'node:fs';
import type { Work } from '@flover/policy';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TraceRecord } from '../record.ts';
import { arbitraryBody, arbitraryFooter, arbitraryHeader } from '../testing/arbitraries.ts';
import { smallTrace } from '../testing/small-trace.ts';
import { temporaryPath, writeTrace } from '../testing/write-trace.ts';
import { readTrace } from './reader.ts';

const trace = fc
  .tuple(arbitraryHeader, arbitraryBody, arbitraryFooter)
  .map(([header, body, footer]): TraceRecord[] => [header, ...body, footer]);

test('what is written is what is read', () => {
  const path = temporaryPath('trace.jsonl');
  fc.assert(
    fc.property(trace, fc.nat(3000), (records, bufferBytes) => {
      writeTrace(path, records, { bufferBytes });
      expect([...readTrace(path)]).toEqual(records);
    }),
    { numRuns: 200 },
  );
});

test('works made of typed arrays are written the same', () => {
  const typed = (record: TraceRecord): TraceRecord => {
    if (record.kind !== 'action' || record.action.kind !== 'launch') return record;
    const { sequences, from, to, flags, ...rest } = record.action.work;
    const arrays = {
      sequences: Int32Array.from(sequences),
      from: Int32Array.from(from),
      to: Int32Array.from(to),
      flags: Uint8Array.from(flags),
    };
    const work = { ...rest, ...arrays } as unknown as Work;
    return { ...record, action: { kind: 'launch', work } };
  };
  const paths = [temporaryPath('plain.jsonl'), temporaryPath('typed.jsonl')] as const;
  fc.assert(
    fc.property(trace, (records) => {
      writeTrace(paths[0], records);
      writeTrace(paths[1], records.map(typed));
      expect(readFileSync(paths[1], 'utf8')).toBe(readFileSync(paths[0], 'utf8'));
    }),
    { numRuns: 50 },
  );
});

test('a trace that was read is written to the same bytes', () => {
  const [first, second] = [temporaryPath('a.jsonl'), temporaryPath('b.jsonl')];
  writeTrace(first, smallTrace);
  writeTrace(second, [...readTrace(first)]);
  expect(readFileSync(second, 'utf8')).toBe(readFileSync(first, 'utf8'));
});

test('a decode launch of 64 rows takes nine bytes a row and a hundred more at most', () => {
  const rows = Array.from({ length: 64 }, (_, i) => i);
  const work: Work = {
    id: 123_456,
    lane: 0,
    sequences: rows.map((i) => 7000 + i),
    from: rows.map((i) => 500 + i),
    to: rows.map((i) => 501 + i),
    flags: rows.map(() => 3),
    deadRows: 0,
    swaps: [],
    moves: [],
    placements: [],
    forks: [],
    newTokens: 64,
    decodeKvTokens: rows.reduce((sum, i) => sum + 501 + i, 0),
  };
  const path = temporaryPath('trace.jsonl');
  const [header] = smallTrace;
  const launch: TraceRecord = { kind: 'action', timeNanos: 1e12, action: { kind: 'launch', work } };
  writeTrace(path, [header!, launch, smallTrace.at(-1)!]);
  expect(readFileSync(path, 'utf8').split('\n')[1]!.length).toBeLessThan(64 * 9 + 100);
});
