import { csvParseRows } from 'd3';
import { expect, test } from 'vitest';
import { csv } from './csv.ts';

test('a table goes through a file unharmed: every digit, what is missing empty, quotes kept', () => {
  const rows = [
    ['a, "b"', 0.1 + 0.2, null],
    ['line\nend', -1e-9, 'x'],
  ];
  const text = csv({ caption: 'not in the file', columns: ['Name', 'Value', 'Note'], rows });
  expect(csvParseRows(text)).toEqual([
    ['Name', 'Value', 'Note'],
    ['a, "b"', '0.30000000000000004', ''],
    ['line\nend', '-1e-9', 'x'],
  ]);
});
