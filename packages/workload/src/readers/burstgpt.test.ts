import { expect, test } from 'vitest';
import { temporaryFile } from '../testing/take-all.ts';
import { readBurstGpt } from './burstgpt.ts';

const header = 'Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type';
const fileOf = (...rows: string[]) => temporaryFile('burst.csv', [header, ...rows].join('\n'));

test('seconds become nanoseconds since the first row', () => {
  const columns = readBurstGpt(
    fileOf(
      '5,ChatGPT,472,18,490,Conversation log',
      '45.123456789,GPT-4,1087,230,1317,API log',
      '118.1,GPT-4,417,276,693,Conversation log',
    ),
  );
  expect([...columns.arrivalNanos]).toEqual([0, 40_123_456_789, 113_100_000_000]);
  expect([...columns.promptTokens]).toEqual([472, 1087, 417]);
  expect([...columns.outputTokens]).toEqual([18, 230, 276]);
});

test('a request that failed there is reported, or listed', () => {
  const path = fileOf('5,ChatGPT,472,18,490,API log', '6,ChatGPT,9,0,9,API log');
  expect(() => readBurstGpt(path)).toThrow(
    `${path}:3: Response tokens "0" is not at least 1 (the request failed)`,
  );
  const columns = readBurstGpt(path, { malformed: 'skip' });
  expect(columns.arrivalNanos.length).toBe(1);
  expect(columns.malformed.map(({ line }) => line)).toEqual([3]);
});

test('a time that is no number is reported', () => {
  const path = fileOf('soon,ChatGPT,472,18,490,API log');
  expect(() => readBurstGpt(path)).toThrow(`${path}:2: Timestamp "soon"`);
});

test('times far from the beginning of the trace are exact, too', () => {
  const columns = readBurstGpt(
    fileOf('5270400,GPT-4,1,1,2,API log', '10454399.123456789,GPT-4,1,1,2,API log'),
  );
  expect([...columns.arrivalNanos]).toEqual([0, 5_183_999_123_456_789]);
});

test('a row further away than whole nanoseconds reach is reported', () => {
  const path = fileOf('0,GPT-4,1,1,2,API log', '18403200,GPT-4,1,1,2,API log');
  expect(() => readBurstGpt(path)).toThrow(`${path}:3: arrives 213 days from the first row`);
  expect([...readBurstGpt(path, { malformed: 'skip' }).lines]).toEqual([2]);
});
