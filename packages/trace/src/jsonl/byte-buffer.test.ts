import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteBuffer } from './byte-buffer.ts';

const anyNumber = fc.oneof(
  fc.nat(2000),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(999_999_999, 1e9, 1e9 + 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 1e15, 1e21, 1e-7),
);

test('numbers are written as JSON.stringify writes them', () => {
  fc.assert(
    fc.property(fc.array(anyNumber), (values) => {
      const out = new ByteBuffer(0);
      out.numbers(values);
      expect(out.view().toString()).toBe(JSON.stringify(values));
    }),
  );
});

test('every number of up to five digits is written right', () => {
  const values = Array.from({ length: 100_001 }, (_, i) => i);
  const out = new ByteBuffer(0);
  out.numbers(values);
  expect(out.view().toString()).toBe(JSON.stringify(values));
});

test('text of any kind and length is written, and growing keeps what is there', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 300 })), (texts) => {
      const out = new ByteBuffer(1);
      for (const text of texts) out.json(text);
      expect(out.view().toString()).toBe(texts.map((text) => JSON.stringify(text)).join(''));
    }),
  );
});

test('what is no number is a bug, and is not written', () => {
  expect(() => new ByteBuffer(8).number(Number.NaN)).toThrow('NaN is to be written');
  expect(() => new ByteBuffer(8).number(Number.POSITIVE_INFINITY)).toThrow('Infinity');
});
