import { rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { temporaryFile } from '../testing/take-all.ts';
import { readColumns } from './columns.ts';

const header = 'TIMESTAMP,ContextTokens,GeneratedTokens';
const text = (prompt: number) => `${header}\n2023-11-16 18:17:03,${prompt},10\n`;

test('a trace that is asked for again is read once, a changed or other one is read anew', () => {
  const path = temporaryFile('azure.csv', text(48));
  const file = { format: 'azure', path } as const;
  const first = readColumns(file);
  expect(readColumns({ ...file })).toBe(first);
  expect(readColumns({ ...file, scaleRateBy: 2 })).not.toBe(first);
  writeFileSync(path, text(49));
  expect([...readColumns(file).promptTokens]).toEqual([49]);
  rmSync(path);
  expect(() => readColumns(file)).toThrow(/cannot read/);
});

test('texts are counted by the tokenizer that is given, and counted anew by another', () => {
  const row = { arrivalMs: 0, promptText: 'one two', maxOutputTokens: 3 };
  const lines = [{ format: 'flover-requests', version: 1 }, row].map((line) =>
    JSON.stringify(line),
  );
  const file = {
    format: 'requests',
    path: temporaryFile('requests.jsonl', lines.join('\n')),
  } as const;
  const counted = (tokenize: (text: string) => number[]) => [
    ...readColumns(file, { tokenize }).promptTokens,
  ];
  expect(counted((words) => words.split(' ').map(() => 1))).toEqual([2]);
  expect(counted((letters) => [...letters].map(() => 1))).toEqual([7]);
});

test('the traces of a mix are read once each, and what was not asked for in a while is let go', () => {
  const files = Array.from({ length: 5 }, (_, i) => ({
    format: 'azure' as const,
    path: temporaryFile('azure.csv', text(10 + i)),
  }));
  const [a, b, ...others] = files;
  const [first, second] = [readColumns(a!), readColumns(b!)];
  expect([readColumns(a!), readColumns(b!)]).toEqual([first, second]);
  expect(readColumns(a!)).toBe(first);
  expect(readColumns(b!)).toBe(second);
  for (const other of others) readColumns(other);
  expect(readColumns(b!)).toBe(second);
  expect(readColumns(a!)).not.toBe(first);
});
