import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FloverError } from '@flover/policy';
import type { DataType } from '@flover/trace';
import { Fields } from '../checkpoint/fields.ts';

export interface ReferenceCase {
  readonly prompt: readonly number[];
  /** Greedy choices. */
  readonly tokens: readonly number[];
  /** Before each token, [vocabulary]. */
  logits(token: number): Float32Array;
}

/** What another implementation says of a checkpoint. */
export interface LogitsReference {
  readonly name: string;
  /** Its folder. */
  readonly checkpoint: string;
  readonly dataType: DataType;
  /** Where it was computed. */
  readonly device: string;
  /** Name and version of the implementation. */
  readonly by: string;
  readonly cases: readonly ReferenceCase[];
}

/**
 * Every reference below a folder, one folder each, as tools/device-references.py writes them.
 *
 * `reference.json` names the checkpoint, seen from its own folder; the logits lie beside it, for each
 * case a file of little-endian f32, [tokens][vocabulary]. Throws `reference-invalid`, `config-invalid`.
 */
export function readReferences(folder: string): readonly LogitsReference[] {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  if (names.length === 0) refuse(`${folder} holds no folder with a reference`);
  return names.map((name) => readReference(join(folder, name)));
}

function readReference(folder: string): LogitsReference {
  const file = join(folder, 'reference.json');
  if (!existsSync(file)) refuse(`${file} is missing: the reference was not made to its end`);
  const fields = new Fields(JSON.parse(readFileSync(file, 'utf8')), file);
  const vocabulary = fields.count('vocabulary');
  const cases = fields.raw('cases');
  if (!Array.isArray(cases) || cases.length === 0) return refuse(`${file} holds no cases`);
  return {
    name: text(fields, 'name'),
    checkpoint: resolve(folder, text(fields, 'checkpoint')),
    dataType: fields.choice('dataType', ['f32', 'f16', 'bf16']),
    device: text(fields, 'device'),
    by: `transformers ${text(fields, 'transformers')}, torch ${text(fields, 'torch')}`,
    cases: cases.map((one, i) => {
      const where = `${file}, case ${i}`;
      const given = new Fields(one, where);
      const tokens = given.tokens('tokens', vocabulary);
      const prompt = given.tokens('prompt', vocabulary);
      const values = floatsOf(join(folder, text(given, 'logits')), tokens.length * vocabulary);
      const logits = (k: number) => values.subarray(k * vocabulary, (k + 1) * vocabulary);
      return { prompt, tokens, logits };
    }),
  };
}

function text(fields: Fields, name: string): string {
  const value = fields.raw(name);
  return typeof value === 'string' && value !== '' ? value : fields.fail(name, 'a text');
}

function floatsOf(file: string, expected: number): Float32Array {
  const bytes = readFileSync(file);
  if (bytes.byteLength !== 4 * expected) {
    refuse(`${file} has ${bytes.byteLength} bytes; allowed: ${4 * expected}`);
  }
  return new Float32Array(new Uint8Array(bytes).buffer);
}

function refuse(message: string): never {
  throw new FloverError(
    'reference-invalid',
    message,
    'make references with packages/engine/tools/device-references.py',
  );
}
