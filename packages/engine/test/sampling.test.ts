import { afterAll, describe, expect, test } from 'vitest';
import { fixture, fixtureNames } from './fixtures.ts';
import { referenceOf } from './reference.ts';
import { openCpu, promptRequest, runRequests, schedulerConfig } from './run-requests.ts';

const DRAWS = 2000;
const WIDTH = 8;
const config = schedulerConfig();

// Draws are keyed on the seed and the position, so these tests give the same verdict every time.
describe.each(fixtureNames)('draws of %s follow what the warpers of transformers leave', (name) => {
  const engine = openCpu({ kind: 'checkpoint', folder: fixture(name), dataType: 'f32' }, config);
  afterAll(() => engine.close());
  const { distributions } = referenceOf(name);

  test.each(distributions.map((c) => [c.sampling, c] as const))('%j', (sampling, reference) => {
    const { prompt, probabilities } = reference;
    const requests = Array.from({ length: DRAWS / WIDTH }, (_, seed) =>
      promptRequest(seed, prompt, 1, {
        group: 'samples',
        width: WIDTH,
        sampling: { ...sampling, seed, endTokens: [] },
      }),
    );
    const { outputs } = runRequests(engine, config, requests);
    const counts = new Float64Array(probabilities.length);
    for (const sequences of outputs.values()) {
      for (const { tokens } of sequences) counts[tokens[0]!]! += 1;
    }
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(DRAWS);
    for (let token = 0; token < counts.length; token++) {
      if (probabilities[token] === 0) expect(counts[token]).toBe(0);
    }
    const { statistic, degrees } = chiSquare(counts, probabilities);
    // Five standard deviations above the mean of the distribution that it should follow.
    expect(statistic).toBeLessThan(degrees + 5 * Math.sqrt(2 * degrees));
  });

  test('the same seed draws the same tokens, another seed others', () => {
    const { prompt } = distributions[0]!;
    const draw = (id: number, seed: number) =>
      promptRequest(id, prompt, 24, { sampling: { temperature: 1, seed, endTokens: [] } });
    const { outputs } = runRequests(engine, config, [draw(0, 5), draw(1, 5), draw(2, 6)]);
    const text = (id: number) => outputs.get(id)![0]!.tokens.join();
    expect(text(0)).toBe(text(1));
    expect(text(2)).not.toBe(text(0));
  });

  test('a group of samples differs among its sequences', () => {
    const { prompt } = distributions[0]!;
    const sampling = { temperature: 1, seed: 3, endTokens: [] };
    const request = promptRequest(0, prompt, 24, { group: 'samples', width: 4, sampling });
    const sequences = runRequests(engine, config, [request]).outputs.get(0)!;
    expect(new Set(sequences.map((sequence) => sequence.tokens.join())).size).toBe(4);
  });
});

/** Pearson's statistic, rare tokens taken together. */
function chiSquare(counts: Float64Array, probabilities: readonly number[]) {
  const cells: { expected: number; seen: number }[] = [];
  const rare = { expected: 0, seen: 0 };
  probabilities.forEach((probability, token) => {
    const cell = { expected: probability * DRAWS, seen: counts[token]! };
    if (cell.expected >= 8) cells.push(cell);
    else {
      rare.expected += cell.expected;
      rare.seen += cell.seen;
    }
  });
  if (rare.expected > 0) cells.push(rare);
  const terms = cells.map(({ expected, seen }) => (seen - expected) ** 2 / expected);
  return { statistic: terms.reduce((sum, term) => sum + term, 0), degrees: cells.length - 1 };
}
