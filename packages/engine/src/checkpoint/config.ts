import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FloverError } from '@flover/policy';
import type { DataType, ModelShape } from '@flover/trace';
import type { EngineModel } from '../model.ts';
import { Fields } from './fields.ts';
import { readRope } from './rope.ts';

const ARCHITECTURES = { LlamaForCausalLM: 'llama', GPTJForCausalLM: 'gptj' } as const;
const DATA_TYPES: Record<string, DataType> = { float32: 'f32', float16: 'f16', bfloat16: 'bf16' };

/**
 * Reads the `config.json` of a Hugging Face checkpoint folder.
 *
 * `dataType` overrides the checkpoint's own. Throws `checkpoint-missing`, `config-invalid` or
 * `model-unsupported`, each naming the file and the field.
 */
export function readConfig(folder: string, dataType?: DataType): EngineModel {
  const file = join(folder, 'config.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new FloverError(
      'checkpoint-missing',
      `${file} cannot be read`,
      'give the folder of a Hugging Face checkpoint: config.json, *.safetensors, tokenizer.json',
      cause,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new FloverError('config-invalid', `${file}: not JSON: ${(cause as Error).message}`);
  }
  return parseConfig(json, file, dataType);
}

/** The model shape that a parsed `config.json` describes; `where` names it in errors. */
export function parseConfig(json: unknown, where: string, dataType?: DataType): EngineModel {
  const fields = new Fields(json, where);
  const family = readFamily(fields, where);
  const shape = family === 'llama' ? readLlama(fields) : readGptJ(fields);
  return {
    shape,
    dataType: dataType ?? readDataType(fields),
    endTokens: fields.tokens('eos_token_id', shape.vocabulary),
  };
}

function readFamily(fields: Fields, where: string): 'llama' | 'gptj' {
  const listed = fields.raw('architectures');
  const type = fields.raw('model_type');
  const name = Array.isArray(listed) ? listed[0] : undefined;
  if (typeof name === 'string' && Object.hasOwn(ARCHITECTURES, name)) {
    return ARCHITECTURES[name as keyof typeof ARCHITECTURES];
  }
  if (name === undefined && (type === 'llama' || type === 'gptj')) return type;
  throw new FloverError(
    'model-unsupported',
    `${where}: architecture ${JSON.stringify(name ?? type ?? 'unnamed')} is not supported; ` +
      `supported: ${Object.keys(ARCHITECTURES).join(', ')}`,
    'use a checkpoint of the LLaMA family or of GPT-J',
  );
}

function readDataType(fields: Fields): DataType {
  const name = fields.has('dtype') ? 'dtype' : 'torch_dtype';
  const value = fields.choice(name, ['float32', 'float16', 'bfloat16'], 'float32');
  return DATA_TYPES[value]!;
}

function readName(fields: Fields): string {
  const name = fields.raw('_name_or_path');
  return typeof name === 'string' && name !== '' ? name : 'checkpoint';
}

function readLlama(fields: Fields): ModelShape {
  fields.choice('hidden_act', ['silu'], 'silu');
  if (fields.flag('mlp_bias', false)) fields.fail('mlp_bias', 'false');
  const hidden = fields.count('hidden_size');
  const heads = fields.count('num_attention_heads');
  const kvHeads = fields.count('num_key_value_heads', heads);
  if (heads % kvHeads !== 0) {
    fields.fail('num_key_value_heads', `a divisor of num_attention_heads ${heads}`);
  }
  if (!fields.has('head_dim') && hidden % heads !== 0) {
    fields.fail('num_attention_heads', `a divisor of hidden_size ${hidden}`);
  }
  const headDim = fields.count('head_dim', hidden / heads);
  if (headDim % 2 !== 0) fields.fail('head_dim', 'an even number');
  const vocabulary = fields.count('vocab_size');
  const maxPositions = fields.count('max_position_embeddings', 2048);
  return {
    name: readName(fields),
    family: 'llama',
    layers: fields.count('num_hidden_layers'),
    hidden,
    intermediate: fields.count('intermediate_size'),
    heads,
    kvHeads,
    headDim,
    vocabulary,
    maxPositions,
    normEpsilon: fields.positive('rms_norm_eps', 1e-6),
    tiedEmbeddings: fields.flag('tie_word_embeddings', false),
    attentionBias: fields.flag('attention_bias', false),
    rope: readRope(fields, headDim, maxPositions),
  };
}

function readGptJ(fields: Fields): ModelShape {
  fields.choice('activation_function', ['gelu_new'], 'gelu_new');
  if (fields.flag('tie_word_embeddings', false)) fields.fail('tie_word_embeddings', 'false');
  const hidden = fields.count('n_embd');
  const heads = fields.count('n_head');
  if (hidden % heads !== 0) fields.fail('n_head', `a divisor of n_embd ${hidden}`);
  const headDim = hidden / heads;
  const dims = fields.count('rotary_dim', headDim);
  if (dims > headDim || dims % 2 !== 0) {
    fields.fail('rotary_dim', `an even number of at most the head's width ${headDim}`);
  }
  const vocabulary = fields.count('vocab_size');
  return {
    name: readName(fields),
    family: 'gptj',
    layers: fields.count('n_layer'),
    hidden,
    intermediate: fields.count('n_inner', 4 * hidden),
    heads,
    kvHeads: heads,
    headDim,
    vocabulary,
    maxPositions: fields.count('n_positions', 2048),
    normEpsilon: fields.positive('layer_norm_epsilon', 1e-5),
    tiedEmbeddings: false,
    attentionBias: false,
    rope: { theta: 10000, dims, scaling: { kind: 'none' } },
  };
}
