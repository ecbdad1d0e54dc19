import { expect, test } from 'vitest';
import { temporaryFile } from '../testing/take-all.ts';
import { readMooncake } from './mooncake.ts';

const row = (timestamp: unknown, input: unknown, output: unknown, hash: unknown = [0, 1]) =>
  JSON.stringify({ timestamp, input_length: input, output_length: output, hash_ids: hash });
const fileOf = (...rows: string[]) => temporaryFile('mooncake.jsonl', `${rows.join('\n')}\n`);

test('milliseconds become nanoseconds', () => {
  const columns = readMooncake(fileOf(row(0, 6755, 500), row(0, 7319, 490), row(3052, 7234, 794)));
  expect([...columns.arrivalNanos]).toEqual([0, 0, 3_052_000_000]);
  expect([...columns.promptTokens]).toEqual([6755, 7319, 7234]);
  expect([...columns.outputTokens]).toEqual([500, 490, 794]);
});

test.each([
  ['{"timestamp": 1,', 'not JSON'],
  ['[1,2]', 'not a JSON object'],
  [row('1', 2, 3), 'timestamp "1" is not'],
  [row(1, 0, 3), 'input_length 0 is not'],
  [row(1, 2, 3.5), 'output_length 3.5 is not'],
  [row(1, 2, 3, 7), 'hash_ids is not a list'],
])('a malformed row is reported with its line: %s', (bad, problem) => {
  const path = fileOf(row(0, 1, 1), bad, row(9, 2, 2));
  expect(() => readMooncake(path)).toThrow(`${path}:2: ${problem}`);
  const columns = readMooncake(path, { malformed: 'skip' });
  expect([...columns.lines]).toEqual([1, 3]);
  expect(columns.malformed.map(({ line }) => line)).toEqual([2]);
});

test('times that count from 1970 are as exact as others', () => {
  const columns = readMooncake(fileOf(row(1_732_000_000_001, 1, 1), row(1_732_000_000_004, 1, 1)));
  expect([...columns.arrivalNanos]).toEqual([0, 3_000_000]);
});
