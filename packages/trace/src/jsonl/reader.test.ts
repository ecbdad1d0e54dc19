import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { smallHeader, smallTrace } from '../testing/small-trace.ts';
import { temporaryPath, writeTrace } from '../testing/write-trace.ts';
import { readTrace, readTraceHeader } from './reader.ts';

const whole = temporaryPath('whole.jsonl');
writeTrace(whole, smallTrace);
const text = readFileSync(whole, 'utf8');
const lines = text.split('\n').slice(0, -1);

function fileOf(changed: string): string {
  const path = temporaryPath('trace.jsonl');
  writeFileSync(path, changed);
  return path;
}

test('wherever a trace is cut off, all whole lines before are read', () => {
  const path = temporaryPath('cut.jsonl');
  const headerBytes = lines[0]!.length;
  fc.assert(
    fc.property(fc.integer({ min: headerBytes, max: text.length - 2 }), (bytes) => {
      writeFileSync(path, text);
      truncateSync(path, bytes);
      const records = [...readTrace(path)];
      const last = records.pop()!;
      const kept = text.slice(0, bytes);
      const ended = kept.split('\n').length - 1;
      // A line may be whole but for its line end.
      const wholeLines = kept.endsWith('}') && lines[ended] === kept.split('\n').at(-1);
      expect(records).toEqual(smallTrace.slice(0, ended + (wholeLines ? 1 : 0)));
      expect(last).toEqual({
        kind: 'cut-off',
        line: ended + (wholeLines ? 2 : 1),
        reason: kept.endsWith('\n') || wholeLines ? 'no-footer' : 'partial-line',
      });
    }),
    { numRuns: 300 },
  );
});

test('a line that was changed is named', () => {
  const change = (line: number, to: string) =>
    fileOf(lines.map((old, i) => (i === line - 1 ? to : old)).join('\n'));
  const cases: [string, RegExp][] = [
    ['{"kind":"timer"', /trace.jsonl:3: not JSON/],
    ['{"kind":"timer","t":1,"x":2}', /trace.jsonl:3: .*"x"/],
    ['{"kind":"tick","t":1}', /trace.jsonl:3: kind/],
    ['{"kind":"timer","t":0.5}', /trace.jsonl:3: t: /],
    [
      '{"kind":"launch","t":0,"work":0,"lane":0,"s":[1,2],"p":[0],"f":3}',
      /:3: s has 2 rows, but p/,
    ],
    [lines[0]!, /trace.jsonl:3: a header stands on the first line/],
    [lines.at(-1)!, /trace.jsonl:4: there is a record after the footer/],
  ];
  for (const [to, message] of cases) expect(() => [...readTrace(change(3, to))]).toThrow(message);
});

test('other versions, other files and empty files say what they are', () => {
  const later = lines[0]!.replace('"version":1', '"version":2');
  expect(() => [...readTrace(fileOf(`${later}\n`))]).toThrow(/of format version 2; .*version 1/);
  expect(() => readTraceHeader(fileOf(''))).toThrow('trace.jsonl:1: the file is empty');
  expect(() => [...readTrace(fileOf('a,b\n'))]).toThrow('trace.jsonl:1: not JSON');
  for (const bytes of [0, 20, lines[0]!.length - 1]) {
    const read = () => [...readTrace(fileOf(lines[0]!.slice(0, bytes)))];
    expect(read).toThrow('trace.jsonl:1: the file is empty, or ends within its first line');
  }
  expect(() => [...readTrace(fileOf(`${lines[1]}\n`))]).toThrow('a header stands on the first');
  expect(() => [...readTrace('/nowhere/trace.jsonl')]).toThrow('cannot read /nowhere');
});

test('the line ends and the byte order mark of an editor change nothing', () => {
  expect([...readTrace(fileOf(`\uFEFF${lines.join('\r\n')}\r\n`))]).toEqual(smallTrace);
});

test('the header alone', () => {
  expect(readTraceHeader(whole)).toEqual(smallHeader);
});
