import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { openTokenizer } from '../src/tokenizer.ts';
import { fixture } from './fixtures.ts';
import { openCpu, promptRequest, runRequests, schedulerConfig } from './run-requests.ts';

interface SmolReference {
  readonly weightsSha256: string;
  readonly tokens: number;
  readonly cases: readonly {
    prompt: string;
    promptTokens: number[];
    outputTokens: number[];
    text: string;
  }[];
}

const folder =
  process.env.FLOVER_SMOLLM2 ?? fileURLToPath(new URL('../../../.cache/smollm2', import.meta.url));
const weights = join(folder, 'model.safetensors');
const present = existsSync(weights);
const why = present ? '' : ` (skipped: no checkpoint in ${folder}; make it with fetch-smollm2.sh)`;

describe.skipIf(!present)(`SmolLM2-135M-Instruct${why}`, () => {
  const own = join(folder, 'reference.json');
  const file = existsSync(own) ? own : fixture('smollm2-reference.json');
  const reference = JSON.parse(readFileSync(file, 'utf8')) as SmolReference;
  const config = schedulerConfig({ memory: { kind: 'slots', slots: 3 }, maxSequences: 3 });
  const model = { kind: 'checkpoint', folder, dataType: 'f32' } as const;
  const engine = present ? openCpu(model, config) : undefined;
  const tokenizer = present ? openTokenizer(folder) : undefined;
  afterAll(() => engine?.close());

  test('the weights are those of the reference', () => {
    const digest = createHash('sha256').update(readFileSync(weights)).digest('hex');
    expect(digest).toBe(reference.weightsSha256);
  });

  test('prompts are tokenised as transformers does', () => {
    for (const { prompt, promptTokens } of reference.cases) {
      expect(tokenizer!.encode(prompt)).toEqual(promptTokens);
    }
  });

  test('three prompts served together give the greedy text of transformers', () => {
    const requests = reference.cases.map(({ prompt }, id) =>
      promptRequest(id, tokenizer!.encode(prompt), reference.tokens, {
        sampling: { endTokens: [] },
      }),
    );
    const { outputs } = runRequests(engine!, config, requests);
    reference.cases.forEach(({ outputTokens, text }, id) => {
      const tokens = [...outputs.get(id)![0]!.tokens];
      expect(tokens).toEqual(outputTokens);
      expect(tokenizer!.decode(tokens)).toBe(text);
    });
  });
});
