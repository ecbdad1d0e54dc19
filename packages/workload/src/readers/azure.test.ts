import { expect, test } from 'vitest';
import { temporaryFile } from '../testing/take-all.ts';
import { readAzure } from './azure.ts';
import type { ReadOptions } from './options.ts';

const header = 'TIMESTAMP,ContextTokens,GeneratedTokens';
const rows = [
  '2023-11-16 23:59:59.9799601,4808,10',
  '2023-11-17 00:00:00.0319600,3180,8',
  '2023-11-17 00:00:00.0319600,110,27',
  '2023-11-17 00:00:02,7433,14',
];
const fileOf = (lines: readonly string[], end = '\n') =>
  temporaryFile('azure.csv', [header, ...lines].join(end));
const read = (lines: readonly string[], options?: ReadOptions) => readAzure(fileOf(lines), options);

test('times are exact to 100 ns, across midnight, with both line ends and a byte order mark', () => {
  const marked = temporaryFile('azure.csv', `\uFEFF${[header, ...rows].join('\r\n')}`);
  for (const path of [fileOf(rows), fileOf(rows, '\r\n'), fileOf([...rows, '']), marked]) {
    const columns = readAzure(path);
    expect([...columns.arrivalNanos]).toEqual([0, 51_999_900, 51_999_900, 2_020_039_900]);
    expect([...columns.promptTokens]).toEqual([4808, 3180, 110, 7433]);
    expect([...columns.outputTokens]).toEqual([10, 8, 27, 14]);
    expect([...columns.lines]).toEqual([2, 3, 4, 5]);
  }
});

test('the 2024 format, with a zone and microseconds, is read too', () => {
  const columns = read([
    '2024-05-10 00:00:00.009930+00:00,2162,5',
    '2024-05-10 00:00:00.017335+00:00,2399,6',
  ]);
  expect([...columns.arrivalNanos]).toEqual([0, 7_405_000]);
});

test.each([
  ['2023-11-16 18:17:03.9799600,4808', '2 fields, but the header has 3'],
  ['16.11.2023 18:17,1,1', 'TIMESTAMP "16.11.2023 18:17" is not'],
  ['2023-02-31 18:17:03,1,1', 'TIMESTAMP "2023-02-31 18:17:03" is not'],
  ['2023-11-16 18:17:03,-5,1', 'ContextTokens "-5" is not'],
  ['2023-11-16 18:17:03,1.5,1', 'ContextTokens "1.5" is not'],
  ['2023-11-16 18:17:03,1,0', 'GeneratedTokens "0" is not'],
  ['2023-11-16 18:17:03,1,', 'GeneratedTokens "" is not'],
])('a malformed row is reported with its line: %s', (row, problem) => {
  const lines = [rows[0]!, row, rows[1]!];
  const path = fileOf(lines);
  expect(() => readAzure(path)).toThrow(`${path}:3: ${problem}`);
  const skipped = readAzure(path, { malformed: 'skip' });
  expect([...skipped.lines]).toEqual([2, 4]);
  expect(skipped.malformed).toMatchObject([{ line: 3 }]);
  expect(skipped.malformed[0]!.problem).toContain(problem);
});

test('an unbalanced quote is a malformed row, not a crash', () => {
  expect(() => read([rows[0]!, '"2023-11-16 18:17:03,1,1'])).toThrow(/azure.csv:\d+: .*[Qq]uot/);
});

test('limit, window and rate are applied as asked, and nothing without', () => {
  expect([...read(rows, { limit: 2 }).arrivalNanos]).toEqual([0, 51_999_900]);
  const window = { fromSeconds: 0.05, toSeconds: 2 };
  expect([...read(rows, { window }).arrivalNanos]).toEqual([1_999_900, 1_999_900]);
  expect([...read(rows, { scaleRateBy: 2 }).arrivalNanos]).toEqual([
    0, 25_999_950, 25_999_950, 1_010_019_950,
  ]);
  expect(() => read(rows, { scaleRateBy: 0 })).toThrow('scaleRateBy is 0');
  expect(() => read(rows, { window: { fromSeconds: 5, toSeconds: 6 } })).toThrow('in the window');
});

test('rows out of order are put in order of arrival, ties as they stood', () => {
  const columns = read([rows[3]!, rows[1]!, rows[2]!, rows[0]!]);
  expect([...columns.promptTokens]).toEqual([4808, 3180, 110, 7433]);
  expect([...columns.arrivalNanos]).toEqual([0, 51_999_900, 51_999_900, 2_020_039_900]);
});

test('a missing column, an empty file and a missing file are named', () => {
  const other = temporaryFile('x.csv', 'Timestamp,Model\n1,2\n');
  expect(() => readAzure(other)).toThrow(`${other}:1: there is no column "TIMESTAMP"`);
  expect(() => read([])).toThrow('has no request in it');
  expect(() => readAzure('/nowhere/trace.csv')).toThrow('cannot read /nowhere/trace.csv');
});
