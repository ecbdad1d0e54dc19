import { type DataType, dataTypeBytes, type ModelShape } from './shape.ts';

/** Parameters of the embedding table. */
export function embeddingParameters(shape: ModelShape): number {
  return shape.vocabulary * shape.hidden;
}

/** Parameters of the output head as it is multiplied, also where it is the embedding table. */
export function headParameters(shape: ModelShape): number {
  const biases = shape.family === 'gptj' ? shape.vocabulary : 0;
  return shape.vocabulary * shape.hidden + biases;
}

/** Parameters of one layer. */
export function layerParameters(shape: ModelShape): number {
  const { hidden, intermediate, heads, kvHeads, headDim } = shape;
  const biases = shape.attentionBias ? headDim * (heads + 2 * kvHeads) + hidden : 0;
  const attention = hidden * headDim * (2 * heads + 2 * kvHeads) + biases;
  if (shape.family === 'gptj') {
    return attention + 2 * hidden * intermediate + intermediate + hidden + 2 * hidden;
  }
  return attention + 3 * hidden * intermediate + 2 * hidden;
}

/** Parameters of the last norm. */
export function finalNormParameters(shape: ModelShape): number {
  return shape.family === 'gptj' ? 2 * shape.hidden : shape.hidden;
}

/** Distinct parameters, as a model's publisher counts them. */
export function parameterCount(shape: ModelShape): number {
  const head = shape.tiedEmbeddings ? 0 : headParameters(shape);
  const layers = shape.layers * layerParameters(shape);
  return embeddingParameters(shape) + layers + finalNormParameters(shape) + head;
}

/** Parameters that every iteration reads: the embedding table as a table is not among them. */
export function streamedParameters(shape: ModelShape): number {
  const layers = shape.layers * layerParameters(shape);
  return layers + finalNormParameters(shape) + headParameters(shape);
}

/** Bytes that all distinct weights take. */
export function weightBytes(shape: ModelShape, dataType: DataType): number {
  return parameterCount(shape) * dataTypeBytes[dataType];
}

/** Bytes of keys and values of one token over all layers. */
export function kvBytesPerToken(shape: ModelShape, dataType: DataType): number {
  return 2 * shape.layers * shape.kvHeads * shape.headDim * dataTypeBytes[dataType];
}
