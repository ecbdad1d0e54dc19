import { expect, test } from 'vitest';
import { textTable } from './table.ts';

const columns = [
  { title: 'policy', align: 'left' as const },
  { title: 'TTFT p50 ms', align: 'right' as const },
  { title: 'iterations', align: 'right' as const },
];
const rows = [
  ['fusion', '1.5', '12'],
  ['sequential', '-20.25', '1000'],
];

test('a title wider than its cells stands on several lines, above the rule', () => {
  expect(textTable(columns, rows, { keys: 1, width: undefined }).split('\n')).toEqual([
    '              TTFT',
    'policy      p50 ms  iterations',
    '──────────  ──────  ──────────',
    'fusion         1.5          12',
    'sequential  -20.25        1000',
  ]);
});

test('a terminal too narrow gets the table in parts, each with what its rows are', () => {
  const wide = textTable(columns, rows, { keys: 1, width: 30 });
  expect(wide.split('\n')).toHaveLength(5);
  expect(textTable(columns, rows, { keys: 1, width: 29 }).split('\n')).toEqual([
    '              TTFT',
    'policy      p50 ms',
    '──────────  ──────',
    'fusion         1.5',
    'sequential  -20.25',
    '',
    'policy      iterations',
    '──────────  ──────────',
    'fusion              12',
    'sequential        1000',
  ]);
});

test.each([1, 0])('a terminal of %d columns is no reason to fail', (width) => {
  expect(textTable(columns, rows, { keys: 1, width })).toMatch(/1000$/);
});
