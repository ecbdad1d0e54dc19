import type { SamplingParameters, WorkloadRequest } from '@flover/workload';
import { describe, expect, test } from 'vitest';
import { floverErrorOf } from '../test/thrown.ts';
import { nativeSampling } from './sampling.ts';

const base: WorkloadRequest = {
  id: 7,
  arrivalNanos: 0,
  promptTokens: 4,
  maxOutputTokens: 8,
  group: 'single',
  width: 1,
};
const withSampling = (sampling: SamplingParameters, more: Partial<WorkloadRequest> = {}) =>
  nativeSampling({ ...base, ...more, sampling }, 100, [2]);

test('greedy to the model’s own end where nothing is asked', () => {
  const sampling = nativeSampling(base, 100, [2]);
  expect(sampling).toMatchObject({ temperature: 0, topK: 0, topP: 1, endTokens: [2], stop: [] });
});

test('a given output length overrides the model’s end, but not end tokens that are asked for', () => {
  expect(nativeSampling({ ...base, outputTokens: 3 }, 100, [2]).endTokens).toEqual([]);
  expect(withSampling({ endTokens: [5] }, { outputTokens: 3 }).endTokens).toEqual([5]);
});

describe('what cannot be is refused by name', () => {
  const cases: [SamplingParameters, Partial<WorkloadRequest>, string][] = [
    [{ topP: 0 }, {}, 'sampling.topP is 0; allowed: above 0, at most 1'],
    [{ temperature: -1 }, {}, 'sampling.temperature is -1'],
    [{ temperature: 1e-40 }, {}, 'is 1e-40; allowed: 0 (greedy) or a number of at least 0.000001'],
    [{ topK: 2.5 }, {}, 'sampling.topK is 2.5; allowed: a whole number'],
    [{ topK: 2 ** 31 }, {}, 'sampling.topK is 2147483648; allowed: a whole number from 0 to'],
    [{ seed: 2 ** 53 }, {}, 'sampling.seed is 9007199254740992'],
    [{ repetitionPenalty: 0 }, {}, 'sampling.repetitionPenalty is 0'],
    [{ stop: [[1], []] }, {}, 'no empty sequence'],
    [{ badWords: [[100]] }, {}, 'token ids from 0 to 99'],
    [{ repetitionPenalty: 1.2, presencePenalty: 1 }, {}, 'sampling.presencePenalty is 1'],
    [{ temperature: 1 }, { group: 'beams', width: 2 }, '0 with beam search'],
  ];
  test.each(cases)('%j %j', (sampling, more, message) => {
    const error = floverErrorOf(() => withSampling(sampling, more));
    expect(error.message).toContain(message);
    expect(error.message).toContain('request 7');
  });
});
