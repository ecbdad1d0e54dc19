import { resolve } from 'node:path';
import { openTokenizer, readConfig } from '@flover/engine';
import { FloverError } from '@flover/policy';
import type { Tokenize } from '@flover/workload';
import type { Experiment } from './spec/load.ts';

/** By checkpoint folder: seeds, policies and the worlds of a prediction read one file again and again. */
const known = new Map<string, Tokenize>();

/** What turns an experiment's texts into token ids; undefined where its model is no checkpoint. */
export function tokenizeOf({ spec, folder }: Experiment): Tokenize | undefined {
  const { checkpoint } = spec.model;
  if (checkpoint === undefined) return undefined;
  const path = resolve(folder, checkpoint);
  const tokenize = known.get(path) ?? onceEach(path);
  known.set(path, tokenize);
  return tokenize;
}

/** Opens the tokenizer with the first text: without texts a checkpoint needs none. */
function onceEach(folder: string): Tokenize {
  const made = new Map<string, readonly number[]>();
  let encode: Tokenize | undefined;
  return (text) => {
    let tokens = made.get(text);
    if (tokens === undefined) {
      encode ??= encoderOf(folder);
      tokens = encode(text);
      made.set(text, tokens);
    }
    return tokens;
  };
}

/** Tokens that the model does not know are refused before anything runs. */
function encoderOf(folder: string): Tokenize {
  const { vocabulary } = readConfig(folder).shape;
  const tokenizer = openTokenizer(folder);
  return (text) => {
    const tokens = tokenizer.encode(text);
    const beyond = tokens.find((token) => token >= vocabulary);
    if (beyond === undefined) return tokens;
    throw new FloverError(
      'tokenizer-of-another-model',
      `${folder}: the tokenizer made token ${beyond} of a prompt, but the model has ${vocabulary}`,
      `Allowed: 0 to ${vocabulary - 1}. Copy tokenizer.json from the model the weights came from.`,
    );
  };
}
