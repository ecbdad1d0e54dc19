import { afterAll, describe, expect, test } from 'vitest';
import type { Engine } from '../src/engine.ts';
import { fixture, fixtureNames } from './fixtures.ts';
import { logitsAfter } from './logits.ts';
import { referenceOf, relativeError } from './reference.ts';
import { openCpu, promptRequest, runRequests, schedulerConfig } from './run-requests.ts';

const config = schedulerConfig();
const engines: Engine[] = [];
afterAll(() => {
  for (const engine of engines) engine.close();
});

function open(name: string, dataType: 'f32' | 'f16' | 'bf16'): Engine {
  const engine = openCpu({ kind: 'checkpoint', folder: fixture(name), dataType }, config);
  engines.push(engine);
  return engine;
}

describe.each(fixtureNames)('%s in single precision agrees with transformers', (name) => {
  const reference = referenceOf(name);
  const engine = open(name, 'f32');
  const { prompt, tokens, logProbs, lastLogits } = reference.greedy;

  test.each(reference.logits.map((c) => [c.prompt.length, c] as const))(
    'logits after %i tokens, within 1e-4',
    (_, { prompt: text, logits }) => {
      expect(relativeError(logitsAfter(engine, text), logits)).toBeLessThan(1e-4);
    },
  );

  test('200 greedy tokens, their log-probabilities, and the logits at the end', () => {
    const sampling = { logProbs: true, endTokens: [] };
    const request = promptRequest(0, prompt, tokens.length, { sampling });
    const [output] = runRequests(engine, config, [request]).outputs.get(0)!;
    expect([...output!.tokens]).toEqual(tokens);
    expect(relativeError(output!.logProbs, logProbs)).toBeLessThan(1e-4);
    const before = [...prompt, ...tokens.slice(0, -1)];
    expect(relativeError(logitsAfter(engine, before), lastLogits)).toBeLessThan(1e-4);
  });

  test.each(reference.features.map((c) => [c.name, c] as const))(
    '%s',
    (_, { sampling, maxOutputTokens, tokens: expected }) => {
      const request = promptRequest(0, prompt, maxOutputTokens, {
        sampling: { endTokens: [], ...sampling },
      });
      const [output] = runRequests(engine, config, [request]).outputs.get(0)!;
      expect([...output!.tokens]).toEqual(expected);
    },
  );

  test.each(reference.beams.map((c) => [c.width, c.lengthPenalty, c.endTokens, c] as const))(
    'beam search: width %i, length penalty %d, end tokens %j',
    (width, lengthPenalty, endTokens, { maxOutputTokens, repetitionPenalty = 1, beams }) => {
      const request = promptRequest(0, prompt, maxOutputTokens, {
        group: 'beams',
        width,
        sampling: { lengthPenalty, endTokens, repetitionPenalty },
      });
      const outputs = runRequests(engine, config, [request]).outputs.get(0)!;
      expect(outputs.map((output) => [...output.tokens])).toEqual(beams.map((b) => b.tokens));
      const scores = outputs.map((output) => output.score);
      const expected = beams.map((b) => b.score);
      expect(relativeError(scores, expected)).toBeLessThan(1e-4);
    },
  );
});

describe.each(['f16', 'bf16'] as const)('weights and KV in %s stay near', (dataType) => {
  // Eight and eleven bits of mantissa, over a handful of layers.
  const bound = { f16: 1e-2, bf16: 6e-2 }[dataType];

  test.each(fixtureNames)('%s', (name) => {
    const engine = open(name, dataType);
    for (const { prompt, logits } of referenceOf(name).logits) {
      expect(relativeError(logitsAfter(engine, prompt), logits)).toBeLessThan(bound);
    }
  });
});
