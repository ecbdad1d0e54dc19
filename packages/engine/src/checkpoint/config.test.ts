import { describe, expect, test } from 'vitest';
import { fixture, fixtureJson, temporaryFolder } from '../../test/fixtures.ts';
import { floverErrorOf } from '../../test/thrown.ts';
import { parseConfig, readConfig } from './config.ts';

const llama = fixtureJson<object>('llama-mha', 'config.json');
const gptj = fixtureJson<object>('gptj', 'config.json');
const messageFor = (config: object, change: object) =>
  floverErrorOf(() => parseConfig({ ...config, ...change }, 'config.json')).message;

describe('what a config says', () => {
  test('LLaMA with grouped queries, tied embeddings and Llama-3 rope', () => {
    const { shape, dataType, endTokens } = readConfig(fixture('llama-gqa-tied-llama3'));
    expect(shape).toMatchObject({ heads: 6, kvHeads: 2, headDim: 16, hidden: 48, layers: 3 });
    expect(shape.tiedEmbeddings).toBe(true);
    expect(shape.rope).toEqual({
      theta: 5000,
      dims: 16,
      scaling: {
        kind: 'llama3',
        factor: 8,
        lowFrequencyFactor: 1,
        highFrequencyFactor: 4,
        originalPositions: 64,
      },
    });
    expect([dataType, endTokens]).toEqual(['f32', [1]]);
  });

  test('the older spelling of rope', () => {
    const { rope_parameters: _, ...older } = llama as { rope_parameters?: object };
    const change = { rope_theta: 500000, rope_scaling: { type: 'linear', factor: 2 } };
    const { rope } = parseConfig({ ...older, ...change }, 'config.json').shape;
    expect(rope).toMatchObject({ theta: 500000, scaling: { kind: 'linear', factor: 2 } });
  });

  test('GPT-J, with the width of its feed-forward layer left out', () => {
    const { shape } = readConfig(fixture('gptj'));
    expect(shape).toMatchObject({ family: 'gptj', intermediate: 192, kvHeads: 3, headDim: 16 });
    expect(shape.rope.dims).toBe(12);
  });

  test('the stored type, or the one asked for', () => {
    expect(readConfig(fixture('llama-bias-linear-bf16')).dataType).toBe('bf16');
    expect(readConfig(fixture('llama-bias-linear-bf16'), 'f16').dataType).toBe('f16');
  });

  test('several end tokens', () => {
    const config = parseConfig({ ...llama, eos_token_id: [1, 7] }, 'config.json');
    expect(config.endTokens).toEqual([1, 7]);
  });
});

describe('what a config must not say', () => {
  test.each([
    [{ architectures: ['MambaForCausalLM'] }, 'architecture "MambaForCausalLM" is not supported'],
    [{ architectures: ['__proto__'] }, 'architecture "__proto__" is not supported'],
    [
      { num_key_value_heads: 3 },
      "'num_key_value_heads' is 3; allowed: a divisor of num_attention_heads 5",
    ],
    [{ hidden_size: 41, head_dim: null }, 'a divisor of hidden_size 41'],
    [{ hidden_size: undefined }, "'hidden_size' is missing"],
    [{ num_hidden_layers: 2.5 }, "'num_hidden_layers' is 2.5"],
    [{ hidden_act: 'gelu' }, "'hidden_act' is \"gelu\"; allowed: 'silu'"],
    [{ mlp_bias: true }, "'mlp_bias' is true; allowed: false"],
    [{ rope_parameters: { rope_type: 'yarn' } }, '\'rope_type\' is "yarn"'],
    [{ rope_parameters: { rope_type: 'llama3' } }, "rope_parameters: 'factor' is missing"],
    [
      {
        rope_parameters: {
          rope_type: 'llama3',
          factor: 8,
          low_freq_factor: 4,
          high_freq_factor: 4,
          original_max_position_embeddings: 64,
        },
      },
      "'high_freq_factor' is 4; allowed: a number above low_freq_factor 4",
    ],
    [{ eos_token_id: 320 }, 'token ids below vocab_size 320'],
    [{ dtype: 'int8' }, '\'dtype\' is "int8"'],
  ])('LLaMA %j', (change, message) => {
    expect(messageFor(llama, change)).toContain(message);
    expect(messageFor(llama, change)).toContain('config.json');
  });

  test.each([
    [{ rotary_dim: 18 }, "at most the head's width 16"],
    [{ n_head: 5 }, "'n_head' is 5; allowed: a divisor of n_embd 48"],
    [{ activation_function: 'relu' }, "'activation_function'"],
  ])('GPT-J %j', (change, message) => {
    expect(messageFor(gptj, change)).toContain(message);
  });

  test('a folder without one', () => {
    const error = floverErrorOf(() => readConfig(temporaryFolder()));
    expect([error.code, error.message]).toEqual([
      'checkpoint-missing',
      expect.stringContaining('config.json cannot be read'),
    ]);
  });
});
