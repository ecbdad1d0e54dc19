import { describe, expect, test } from 'vitest';
import { kvBytesPerToken, parameterCount, streamedParameters, weightBytes } from './quantities.ts';
import { modelNamed, models } from './table.ts';

describe('parameter counts equal the published ones', () => {
  // Counted by each publisher from the released tensors (safetensors index or model card).
  test.each([
    ['llama-7b', 6_738_415_616],
    ['llama-13b', 13_015_864_320],
    ['llama-33b', 32_528_943_616],
    ['llama-65b', 65_285_660_672],
    ['llama-3-8b', 8_030_261_248],
    ['llama-3.1-8b', 8_030_261_248],
    ['gptj-6b', 6_050_882_784],
    ['smollm2-135m', 134_515_008],
    ['llama-15m', 15_191_712],
  ])('%s', (name, count) => {
    expect(parameterCount(modelNamed(name))).toBe(count);
  });
});

test('LLaMA-13B in fp16 streams 25.70 GB an iteration and keeps 819,200 B of KV a token', () => {
  const shape = modelNamed('llama-13b');
  expect((streamedParameters(shape) * 2) / 1e9).toBeCloseTo(25.7, 2);
  expect(kvBytesPerToken(shape, 'f16')).toBe(819_200);
  expect(weightBytes(shape, 'f32')).toBe(4 * 13_015_864_320);
});

test('grouped-query attention keeps fewer KV bytes', () => {
  expect(kvBytesPerToken(modelNamed('llama-3-8b'), 'bf16')).toBe(131_072);
});

test('shapes are consistent and names are unique', () => {
  expect(new Set(models.map((shape) => shape.name)).size).toBe(models.length);
  for (const shape of models) {
    expect(shape.heads % shape.kvHeads).toBe(0);
    expect(shape.rope.dims % 2).toBe(0);
    expect(shape.rope.dims).toBeLessThanOrEqual(shape.headDim);
    expect(Number.isInteger(shape.headDim)).toBe(true);
  }
});

test('an unknown name is answered with the names there are', () => {
  expect(() => modelNamed('llama-14b')).toThrow(/llama-14b/);
});
