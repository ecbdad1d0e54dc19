import { FloverError } from '@flover/policy';
import type { ModelShape } from '@flover/trace';
import type { Weights } from './weights.ts';

/** Every tensor that a model of this shape is made of, by its Hugging Face name, with its shape. */
export function expectedTensors(shape: ModelShape): ReadonlyMap<string, readonly number[]> {
  return shape.family === 'llama' ? llamaTensors(shape) : gptJTensors(shape);
}

/**
 * Checks a checkpoint's tensors against its config: all there, of the shape that the config asks
 * for, of a type that can be read. Throws `checkpoint-mismatch` naming the tensor and both sides.
 */
export function checkWeights(shape: ModelShape, weights: Weights, folder: string): void {
  for (const [name, expected] of expectedTensors(shape)) {
    const entry = weights.get(name);
    if (entry === undefined) {
      throw mismatch(`${folder}: tensor '${name}' is missing`, shape, name);
    }
    if (entry.shape.length !== expected.length || entry.shape.some((n, i) => n !== expected[i])) {
      throw mismatch(
        `${entry.file}: tensor '${name}' has shape [${entry.shape}], config.json asks for [${expected}]`,
        shape,
        name,
      );
    }
    if (!['F32', 'F16', 'BF16'].includes(entry.dtype)) {
      throw new FloverError(
        'checkpoint-mismatch',
        `${entry.file}: tensor '${name}' has type ${entry.dtype}; allowed: F32, F16, BF16`,
        'convert the checkpoint to one of these types',
      );
    }
  }
}

function mismatch(message: string, shape: ModelShape, name: string): FloverError {
  const hint =
    name === 'lm_head.weight' && shape.family === 'llama'
      ? "if the output shares the embedding's weights, config.json needs tie_word_embeddings: true"
      : 'config.json and the weights are not of the same model';
  return new FloverError('checkpoint-mismatch', message, hint);
}

function llamaTensors(shape: ModelShape): Map<string, readonly number[]> {
  const { hidden, intermediate, vocabulary } = shape;
  const queries = shape.heads * shape.headDim;
  const keys = shape.kvHeads * shape.headDim;
  const tensors = new Map<string, readonly number[]>();
  tensors.set('model.embed_tokens.weight', [vocabulary, hidden]);
  for (let layer = 0; layer < shape.layers; layer += 1) {
    const at = `model.layers.${layer}.`;
    tensors.set(`${at}input_layernorm.weight`, [hidden]);
    tensors.set(`${at}self_attn.q_proj.weight`, [queries, hidden]);
    tensors.set(`${at}self_attn.k_proj.weight`, [keys, hidden]);
    tensors.set(`${at}self_attn.v_proj.weight`, [keys, hidden]);
    tensors.set(`${at}self_attn.o_proj.weight`, [hidden, queries]);
    if (shape.attentionBias) {
      tensors.set(`${at}self_attn.q_proj.bias`, [queries]);
      tensors.set(`${at}self_attn.k_proj.bias`, [keys]);
      tensors.set(`${at}self_attn.v_proj.bias`, [keys]);
      tensors.set(`${at}self_attn.o_proj.bias`, [hidden]);
    }
    tensors.set(`${at}post_attention_layernorm.weight`, [hidden]);
    tensors.set(`${at}mlp.gate_proj.weight`, [intermediate, hidden]);
    tensors.set(`${at}mlp.up_proj.weight`, [intermediate, hidden]);
    tensors.set(`${at}mlp.down_proj.weight`, [hidden, intermediate]);
  }
  tensors.set('model.norm.weight', [hidden]);
  if (!shape.tiedEmbeddings) tensors.set('lm_head.weight', [vocabulary, hidden]);
  return tensors;
}

function gptJTensors(shape: ModelShape): Map<string, readonly number[]> {
  const { hidden, intermediate, vocabulary } = shape;
  const tensors = new Map<string, readonly number[]>();
  tensors.set('transformer.wte.weight', [vocabulary, hidden]);
  for (let layer = 0; layer < shape.layers; layer += 1) {
    const at = `transformer.h.${layer}.`;
    tensors.set(`${at}ln_1.weight`, [hidden]);
    tensors.set(`${at}ln_1.bias`, [hidden]);
    for (const product of ['q', 'k', 'v', 'out']) {
      tensors.set(`${at}attn.${product}_proj.weight`, [hidden, hidden]);
    }
    tensors.set(`${at}mlp.fc_in.weight`, [intermediate, hidden]);
    tensors.set(`${at}mlp.fc_in.bias`, [intermediate]);
    tensors.set(`${at}mlp.fc_out.weight`, [hidden, intermediate]);
    tensors.set(`${at}mlp.fc_out.bias`, [hidden]);
  }
  tensors.set('transformer.ln_f.weight', [hidden]);
  tensors.set('transformer.ln_f.bias', [hidden]);
  tensors.set('lm_head.weight', [vocabulary, hidden]);
  tensors.set('lm_head.bias', [vocabulary]);
  return tensors;
}
