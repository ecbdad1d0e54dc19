import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { copyOf, fixture, fixtureNames, temporaryFolder } from '../../test/fixtures.ts';
import { floverErrorOf } from '../../test/thrown.ts';
import { openCheckpoint } from './checkpoint.ts';
import { expectedTensors } from './expected.ts';
import { streamTensors } from './weights.ts';

function editConfig(folder: string, change: object): string {
  const file = join(folder, 'config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...config, ...change }));
  return folder;
}

test.each(fixtureNames)('%s opens, and every tensor has the bytes its shape asks for', (name) => {
  const { model, weights } = openCheckpoint({ folder: fixture(name) });
  const names = [...expectedTensors(model.shape).keys()];
  let count = 0;
  let at = { file: '', end: 0 };
  for (const { entry, bytes } of streamTensors(weights, names)) {
    // Files are read from their beginning to their end.
    if (entry.file === at.file) expect(entry.begin).toBeGreaterThanOrEqual(at.end);
    at = entry;
    const width = entry.dtype === 'F32' ? 4 : 2;
    expect(bytes.length).toBe(entry.shape.reduce((product, size) => product * size, width));
    count += 1;
  }
  expect(count).toBe(names.length);
});

describe('a config that contradicts its weights', () => {
  test('by a size', () => {
    const folder = editConfig(copyOf('llama-mha'), { intermediate_size: 96 });
    const error = floverErrorOf(() => openCheckpoint({ folder }));
    expect(error.code).toBe('checkpoint-mismatch');
    expect(error.message).toMatch(/gate_proj.weight' has shape \[88,40\].*asks for \[96,40\]/);
  });

  test('by a layer too many', () => {
    const folder = editConfig(copyOf('gptj'), { n_layer: 3 });
    const { message } = floverErrorOf(() => openCheckpoint({ folder }));
    expect(message).toContain("tensor 'transformer.h.2.ln_1.weight' is missing");
  });

  test('by embeddings that are tied after all', () => {
    const folder = editConfig(copyOf('llama-gqa-tied-llama3'), { tie_word_embeddings: false });
    const error = floverErrorOf(() => openCheckpoint({ folder }));
    expect(error.message).toContain("'lm_head.weight' is missing");
    expect(error.hint).toContain('tie_word_embeddings: true');
  });
});

describe('shards', () => {
  test('one is missing', () => {
    const folder = copyOf('llama-gqa-tied-llama3');
    rmSync(join(folder, 'model-00003-of-00006.safetensors'));
    const { message, hint } = floverErrorOf(() => openCheckpoint({ folder }));
    expect(message).toContain('model-00003-of-00006.safetensors cannot be read: ENOENT');
    expect(hint).toContain('fetch the checkpoint again');
  });

  test('two are exchanged', () => {
    const folder = copyOf('llama-gqa-tied-llama3');
    const [one, two] = [1, 2].map((n) => join(folder, `model-0000${n}-of-00006.safetensors`));
    renameSync(one!, join(folder, 'aside'));
    renameSync(two!, one!);
    renameSync(join(folder, 'aside'), two!);
    const { message } = floverErrorOf(() => openCheckpoint({ folder }));
    expect(message).toMatch(/puts tensor '.*' into model-0000.*which does not hold it/);
  });

  test.each([
    [{ weight_map: { a: '../b.safetensors' } }, `'a' into "../b.safetensors"`],
    [{ weight_map: { a: 'b.bin' } }, `'a' into "b.bin"`],
    [{ weight_map: { a: 7 } }, `'a' into 7`],
    [{ weight_map: ['b.safetensors'] }, "'weight_map' is a list"],
    [{}, "'weight_map' is missing"],
    [null, "'weight_map' is missing"],
  ])('an index that names no files of the folder: %j', (content, message) => {
    const folder = copyOf('llama-gqa-tied-llama3');
    const index = join(folder, 'model.safetensors.index.json');
    writeFileSync(index, JSON.stringify(content));
    const error = floverErrorOf(() => openCheckpoint({ folder }));
    expect(error.code).toBe('checkpoint-corrupt');
    expect(error.message).toContain(message);
    expect(error.message).toContain(index);
  });
});

test('a folder where the weights should be', () => {
  const folder = copyOf('gptj');
  const file = join(folder, 'model.safetensors');
  rmSync(file);
  mkdirSync(file);
  const error = floverErrorOf(() => openCheckpoint({ folder }));
  expect(error.code).toBe('checkpoint-missing');
  expect(error.message).toContain(`${file} cannot be read: EISDIR`);
});

test('a folder without safetensors says how to make them', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'config.json'), readFileSync(join(fixture('gptj'), 'config.json')));
  writeFileSync(join(folder, 'pytorch_model.bin'), '');
  expect(floverErrorOf(() => openCheckpoint({ folder })).hint).toContain('save_pretrained');
});
