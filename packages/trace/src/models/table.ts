import { FloverError } from '@flover/policy';
import { gptjModels } from './gptj.ts';
import { llamaModels } from './llama.ts';
import { llama3Models } from './llama3.ts';
import type { ModelShape } from './shape.ts';
import { smallModels } from './small.ts';
import { tinyModels } from './tiny.ts';

/** Every named model. */
export const models: readonly ModelShape[] = [
  ...llamaModels,
  ...llama3Models,
  ...gptjModels,
  ...smallModels,
  ...tinyModels,
];

/** The named model; throws `unknown-model` with the names there are. */
export function modelNamed(name: string): ModelShape {
  const found = models.find((shape) => shape.name === name);
  if (found !== undefined) return found;
  const names = models.map((shape) => shape.name).join(', ');
  throw new FloverError('unknown-model', `there is no model "${name}"`, `choose one of ${names}`);
}
