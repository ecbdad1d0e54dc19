import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Engine } from '../src/engine.ts';
import { checkRealSizeModel } from '../src/validation/real-size-model.ts';
import { readReferences } from '../src/validation/references.ts';
import { tinyShapes, validationShapes } from '../src/validation/shapes.ts';
import { checkTransformers } from '../src/validation/transformers.ts';
import { validateEngine } from '../src/validation/validate.ts';
import { brokenTarget, companyChangesBits, imprecise } from './broken-engines.ts';
import { fixture, temporaryFolder } from './fixtures.ts';
import { referenceOf } from './reference.ts';
import { floverErrorOf } from './thrown.ts';

const cpu = { backend: 'cpu', open: Engine.open } as const;
const subject = { shape: tinyShapes[0]!, dataType: 'f32' } as const;

describe('a whole model', () => {
  test('every policy keeps bits and replays identically, with its figures', () => {
    const result = checkRealSizeModel(cpu, subject, 1);
    expect(result).toMatchObject({ verdict: 'passed', cases: 9, detail: '', unseen: [] });
    const { loadSeconds, deviceBytes, decodeMsBatch1, decodeMsBatch32 } = result.measured!;
    for (const value of [loadSeconds, deviceBytes, decodeMsBatch1, decodeMsBatch32]) {
      expect(value).toBeGreaterThan(0);
    }
  });

  test('bits that depend on the company are found', () => {
    const result = checkRealSizeModel(brokenTarget(companyChangesBits), subject, 1);
    expect(result).toMatchObject({ verdict: 'failed' });
    expect(result.detail).toMatch(/^\{"name":"\S+".*in company/);
  });

  test('where memory is short it is opened with fewer layers, and that is told', () => {
    const target = {
      ...cpu,
      open(options: Parameters<typeof Engine.open>[0]) {
        const { model } = options;
        const layers = model.kind === 'synthetic' ? model.shape.layers : 0;
        if (layers > 1) {
          // More blocks than there is address space for: the engine's own refusal.
          const limits = { ...options.limits, blocks: 256, blockTokens: 2 ** 30 };
          return Engine.open({ ...options, limits });
        }
        return Engine.open(options);
      },
    };
    const result = checkRealSizeModel(target, subject, 1);
    expect(result).toMatchObject({ verdict: 'passed' });
    expect(result.detail).toBe('1 of 2 layers: the device has no room for more');
  });

  test('shapes go by their names, and an unknown one is refused', () => {
    expect(validationShapes(['llama-13b', 'wide-gptj']).map(({ name }) => name)).toEqual([
      'llama-13b',
      'wide-gptj',
    ]);
    expect(floverErrorOf(() => validationShapes(['llama-14b']))).toMatchObject({
      code: 'unknown-model',
    });
  });
});

describe('references of transformers', () => {
  /** References as tools/device-references.py writes them, of the committed logits. */
  function folderOf(names: readonly string[]): string {
    const folder = temporaryFolder();
    for (const name of names) {
      const own = join(folder, `${name}-f32`);
      mkdirSync(own);
      const cases = referenceOf(name).logits.map(({ prompt, logits }, i) => {
        writeFileSync(join(own, `${i}.f32`), Float32Array.from(logits));
        const tokens = [logits.indexOf(Math.max(...logits))];
        return { prompt, tokens, logits: `${i}.f32` };
      });
      const vocabulary = referenceOf(name).logits[0]!.logits.length;
      const made = { torch: '2', transformers: '5', device: 'cpu', vocabulary, cases };
      const reference = { name, checkpoint: fixture(name), dataType: 'f32', ...made };
      writeFileSync(join(own, 'reference.json'), JSON.stringify(reference));
    }
    return folder;
  }

  test('both families agree', () => {
    const validation = validateEngine({
      backend: 'cpu',
      cases: 1,
      seed: 1,
      requests: 1,
      dataTypes: ['f32'],
      checks: ['transformers'],
      references: folderOf(['llama-mha', 'gptj']),
    });
    expect(validation.checks.map(({ verdict, subject: of }) => `${verdict} ${of}`)).toEqual([
      'passed gptj f32, cpu with transformers on cpu',
      'passed llama-mha f32, cpu with transformers on cpu',
    ]);
  });

  test('logits that are off by a thousandth are found', () => {
    const [reference] = readReferences(folderOf(['llama-mha']));
    const result = checkTransformers(brokenTarget(imprecise), reference!, 1);
    expect(result).toMatchObject({ verdict: 'failed' });
    expect(result.detail).toMatch(/case 0, output token 0: logits differ by 0.00[01]/);
  });

  test('a folder without references, and logits that were cut off, are refused', () => {
    expect(floverErrorOf(() => readReferences(temporaryFolder()))).toMatchObject({
      code: 'reference-invalid',
    });
    const folder = folderOf(['llama-mha']);
    writeFileSync(join(folder, 'llama-mha-f32', '1.f32'), Float32Array.of(1));
    expect(floverErrorOf(() => readReferences(folder))).toMatchObject({
      code: 'reference-invalid',
    });
    rmSync(join(folder, 'llama-mha-f32', 'reference.json'));
    expect(floverErrorOf(() => readReferences(folder)).message).toMatch('was not made to its end');
  });
});
