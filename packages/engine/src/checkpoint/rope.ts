import type { RopeScaling, RopeShape } from '@flover/trace';
import type { Fields } from './fields.ts';

/**
 * Reads the rotary embedding of a LLaMA config.
 *
 * Two spellings are in use: `rope_theta` with `rope_scaling` (transformers 4), and both together in
 * `rope_parameters` (transformers 5).
 */
export function readRope(fields: Fields, headDim: number, maxPositions: number): RopeShape {
  const joint = fields.object('rope_parameters');
  const scaling = joint ?? fields.object('rope_scaling');
  const theta = joint?.has('rope_theta')
    ? joint.positive('rope_theta')
    : fields.positive('rope_theta', 10000);
  if (scaling?.has('partial_rotary_factor') && scaling.raw('partial_rotary_factor') !== 1) {
    scaling.fail('partial_rotary_factor', '1');
  }
  return { theta, dims: headDim, scaling: readScaling(scaling, maxPositions) };
}

function readScaling(fields: Fields | undefined, maxPositions: number): RopeScaling {
  if (fields === undefined) return { kind: 'none' };
  const name = !fields.has('rope_type') && fields.has('type') ? 'type' : 'rope_type';
  const kind = fields.choice(name, ['default', 'linear', 'llama3'], 'default');
  if (kind === 'default') return { kind: 'none' };
  const factor = fields.positive('factor');
  if (factor < 1) fields.fail('factor', 'a number of at least 1');
  if (kind === 'linear') return { kind, factor };
  const low = fields.positive('low_freq_factor');
  const high = fields.positive('high_freq_factor');
  if (high <= low) fields.fail('high_freq_factor', `a number above low_freq_factor ${low}`);
  const originalPositions = fields.count('original_max_position_embeddings');
  if (originalPositions > maxPositions) {
    fields.fail('original_max_position_embeddings', `at most ${maxPositions}`);
  }
  return { kind, factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalPositions };
}
