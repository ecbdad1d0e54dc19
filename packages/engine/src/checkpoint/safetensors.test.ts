import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FloverError } from '@flover/policy';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fixture, temporaryFolder } from '../../test/fixtures.ts';
import { safetensorsBytes, writeSafetensors } from '../../test/safetensors-file.ts';
import { floverErrorOf } from '../../test/thrown.ts';
import { readHeader, readTensors } from './safetensors.ts';

const folder = temporaryFolder();
const file = join(folder, 'model.safetensors');
const a = { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] };
const b = { dtype: 'BF16', shape: [4], data_offsets: [24, 32] };
const data = Uint8Array.from({ length: 32 }, (_, i) => i);

function errorFor(header: Record<string, unknown>, bytes = data): string {
  writeSafetensors(file, header, bytes);
  const error = floverErrorOf(() => readHeader(file));
  expect(error.code).toBe('checkpoint-corrupt');
  expect(error.message).toContain(file);
  return error.message;
}

describe('a sound file', () => {
  test('gives its tensors with their bytes', () => {
    writeSafetensors(file, { __metadata__: { format: 'pt' }, b, a }, data);
    const entries = readHeader(file);
    const read = new Map(
      [...readTensors(file, entries)].map(({ entry, bytes }) => [entry.name, [...bytes]]),
    );
    expect(read.get('a')).toEqual([...data.subarray(0, 24)]);
    expect(read.get('b')).toEqual([...data.subarray(24)]);
  });
});

test('a tensor of no elements lies where another begins, and overlaps nothing', () => {
  const none = { dtype: 'F32', shape: [0, 3], data_offsets: [0, 0] };
  const last = { ...none, data_offsets: [32, 32] };
  writeSafetensors(file, { a, none, b, last }, data);
  expect(readHeader(file).map(({ name }) => name)).toEqual(['a', 'none', 'b', 'last']);
});

describe('a damaged file is one error that names the file and the tensor', () => {
  test('truncated data', () => {
    expect(errorFor({ a, b }, data.subarray(0, 20))).toMatch(/tensor 'a' ends at byte .*truncated/);
  });

  test('truncated header', () => {
    writeSafetensors(file, { a, b }, data);
    truncateSync(file, 30);
    expect(floverErrorOf(() => readHeader(file)).message).toContain('truncated');
  });

  test('an empty file', () => {
    writeFileSync(file, '');
    expect(floverErrorOf(() => readHeader(file)).message).toContain('too few');
  });

  test('something else altogether', () => {
    writeFileSync(file, 'version https://git-lfs.github.com/spec/v1\n');
    expect(floverErrorOf(() => readHeader(file)).message).toContain('not a safetensors file');
  });

  test('overlapping tensors', () => {
    const over = { dtype: 'BF16', shape: [4], data_offsets: [20, 28] };
    expect(errorFor({ a, over })).toContain("tensor 'over' overlaps tensor 'a'");
  });

  test('bytes outside every tensor', () => {
    expect(errorFor({ a })).toContain("8 bytes after tensor 'a'");
    expect(errorFor({ b })).toContain("24 bytes before tensor 'b'");
  });

  test('offsets that contradict the shape', () => {
    expect(errorFor({ a: { ...a, shape: [2, 4] }, b })).toContain("tensor 'a' of type F32");
  });

  test('an unknown type', () => {
    for (const dtype of ['F12', 'constructor', '__proto__']) {
      const message = errorFor({ a: { ...a, dtype }, b });
      expect(message).toContain(`tensor 'a' has type "${dtype}"; known: BOOL`);
    }
  });

  test('a header that is no JSON', () => {
    const bytes = safetensorsBytes({ a, b }, data);
    bytes[9] = 0xff;
    writeFileSync(file, bytes);
    expect(floverErrorOf(() => readHeader(file)).message).toContain('header is not JSON');
  });

  test.each(['[]', 'null', '7', '"a"'])('a header that is %s', (json) => {
    writeFileSync(
      file,
      Buffer.concat([Buffer.from([json.length, 0, 0, 0, 0, 0, 0, 0]), Buffer.from(json)]),
    );
    expect(floverErrorOf(() => readHeader(file)).message).toContain('header is not an object');
  });

  test('any cut of a real file is an error, never a crash', () => {
    const whole = readFileSync(join(fixture('gptj-f16'), 'model.safetensors'));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), (length) => {
        writeFileSync(file, whole.subarray(0, length));
        expect(() => readHeader(file)).toThrow(FloverError);
      }),
      { numRuns: 50 },
    );
  });

  test('any changed byte of the header is an error or leaves sound entries', () => {
    const whole = readFileSync(join(fixture('gptj-f16'), 'model.safetensors'));
    const headerBytes = Number(whole.readBigUInt64LE(0));
    fc.assert(
      fc.property(fc.nat(7 + headerBytes), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Buffer.from(whole);
        damaged[at] = damaged[at]! ^ change;
        writeFileSync(file, damaged);
        try {
          const entries = readHeader(file);
          for (const { end } of entries) expect(end).toBeLessThanOrEqual(whole.length);
        } catch (error) {
          expect(error).toBeInstanceOf(FloverError);
        }
      }),
      { numRuns: 200 },
    );
  });
});
