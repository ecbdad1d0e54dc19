export {
  embeddingParameters,
  finalNormParameters,
  headParameters,
  kvBytesPerToken,
  layerParameters,
  parameterCount,
  streamedParameters,
  weightBytes,
} from './quantities.ts';
export {
  type DataType,
  dataTypeBytes,
  type ModelShape,
  type RopeScaling,
  type RopeShape,
} from './shape.ts';
export { modelNamed, models } from './table.ts';
