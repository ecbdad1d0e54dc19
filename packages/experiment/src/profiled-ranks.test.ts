import { expect, test } from 'vitest';
import { describeRanks, profiledRanks } from './profiled-ranks.ts';
import { engineSchema } from './spec/model-schema.ts';

const ranksOf = (engine: object) => describeRanks(profiledRanks(engineSchema.parse(engine)));

test.each([
  ['1 rank', { devices: [3] }],
  ['2 ranks (nccl)', { tensorParallel: 2, collective: 'nccl' }],
  ['4 ranks (one-shot)', { tensorParallel: 4, devices: [0, 1, 2, 3] }],
  ['4 ranks (one-shot, 2 on a device)', { tensorParallel: 4, devices: [0, 1, 0, 1] }],
  ['4 ranks (one-shot, 3 on a device)', { tensorParallel: 4, devices: [1, 0, 1, 1] }],
])('a profile of %s is asked for by %o', (text, engine) => {
  expect(ranksOf(engine)).toBe(text);
});

test('on a CPU named devices change nothing: it is one', () => {
  const engine = { backend: 'cpu', tensorParallel: 2 };
  expect(ranksOf({ ...engine, devices: [0, 0] })).toBe(ranksOf(engine));
});
