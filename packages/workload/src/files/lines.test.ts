import fc from 'fast-check';
import { expect, test } from 'vitest';
import { temporaryFile } from '../testing/take-all.ts';
import { readLines } from './lines.ts';

const read = (text: string) => [...readLines(temporaryFile('lines.txt', text))];

test('both line ends end a line, and the last line may have none', () => {
  expect(read('a\r\n\nb\rc\n\u00e9')).toEqual([
    { line: 1, text: 'a', ended: true },
    { line: 2, text: '', ended: true },
    { line: 3, text: 'b\rc', ended: true },
    { line: 4, text: '\u00e9', ended: false },
  ]);
  expect(read('')).toEqual([]);
});

test('a byte order mark before the first line is passed over, and no other', () => {
  expect(read('\uFEFFa\n\uFEFFb')).toEqual([
    { line: 1, text: 'a', ended: true },
    { line: 2, text: '\uFEFFb', ended: false },
  ]);
  expect(read('\uFEFF')).toEqual([]);
});

test('lines that are longer than what is read at once come back whole', () => {
  const long = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(fc.array(fc.tuple(long, fc.nat(9000)), { maxLength: 6 }), (parts) => {
      const lines = parts.map(([text, times]) => text.replace(/[\r\n]/g, '').repeat(times));
      expect(read(lines.map((line) => `${line}\n`).join('')).map(({ text }) => text)).toEqual(
        lines.map((line, i) => (i === 0 ? line.replace(/^\uFEFF/, '') : line)),
      );
    }),
    { numRuns: 40 },
  );
});
