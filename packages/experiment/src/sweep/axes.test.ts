import { expect, test } from 'vitest';
import { refusalOf } from '../../test/support/refusal.ts';
import { parseSweep } from './sweep-file.ts';

const text = `name: together
model: { shape: llama-15m, dataType: f32 }
costModel: { kind: roofline, device: cpu }
limits: { maxSequences: 4, maxSequenceTokens: 64 }
policies: [static-batching, chunked-prefill]
workload:
  kind: synthetic
  requests: 3
  arrivals: { kind: poisson, requestsPerSecond: 10 }
  prompt: { kind: fixed, tokens: 8 }
  output: { kind: fixed, tokens: 8 }
sweep:
  size:
    policies.0.parameters.batchSize: [2, 4]
    policies.1.parameters.tokenBudget: [16, 64]
  workload.requests: [3, 5, 7]
`;
const refusal = (from: string, to: string) =>
  refusalOf(() => parseSweep('example.yaml', text.replace(from, to)));

test('keys below a name are varied together, and crossed with other axes', () => {
  const { settings } = parseSweep('example.yaml', text);
  expect(settings.map(({ axes }) => axes)).toEqual(
    [2, 4].flatMap((size) =>
      [3, 5, 7].map((requests) => ({ size, 'workload.requests': requests })),
    ),
  );
  const parameters = settings.map(({ experiment }) =>
    experiment.spec.policies.map((policy) => (policy as { parameters: object }).parameters),
  );
  const small = [{ batchSize: 2 }, { tokenBudget: 16 }];
  const large = [{ batchSize: 4 }, { tokenBudget: 64 }];
  expect(parameters).toEqual([small, small, small, large, large, large]);
});

test.each([
  [
    'lists of different lengths',
    ['[16, 64]', '[16, 64, 256]'],
    /:15:40: sweep\.size\.policies\.1\.parameters\.tokenBudget: has 3 values, and policies\.0\.parameters\.batchSize has 2/,
  ],
  ['values that tell nothing apart', ['[2, 4]', '[2, 2]'], /:14:38: .*tell settings apart.*alike/],
  ['no list below a name', ['[16, 64]', '16'], /:15:40: .*tokenBudget is 16; allowed: a list/],
  [
    'a name without keys',
    [/size:[\s\S]*?workload/.exec(text)![0], 'size: {}\n  workload'],
    /:13:9: sweep\.size: names no key/,
  ],
  ['keys below a key', ['  size:', '  memory:'], /:14:5: sweep\.memory: .* has no list of values/],
  [
    'keys below a dotted key',
    ['  size:', '  workload.size:'],
    /sweep\.workload\.size: this names a key/,
  ],
  [
    'a key that two axes vary',
    ['workload.requests:', 'policies.0.parameters.batchSize:'],
    /:16:36: sweep\.policies\.0\.parameters\.batchSize: another axis varies this key, too/,
  ],
  [
    'a key that cannot vary',
    ['policies.1.parameters.tokenBudget', 'seeds'],
    /:15:12: sweep\.size\.seeds: this key cannot/,
  ],
  [
    'a wrong value',
    ['policies.1.parameters.tokenBudget: [16, 64]', 'limits.maxSequences: [4, many]'],
    /:15:30: limits\.maxSequences is 'many'; [\s\S]*where the sweep sets policies\.0\.parameters\.batchSize to 4, limits\.maxSequences to "many"/,
  ],
  [
    'an unknown key',
    ['policies.1.parameters.tokenBudget', 'limits.maxSequence'],
    /:15:5: unknown key 'maxSequence' in limits; did you mean 'maxSequences'/,
  ],
] as const)('%s: refused with the line', (_, [from, to], expected) => {
  const error = refusal(from, to);
  expect(error.code).toBe('bad-experiment');
  expect(error.message).toMatch(expected);
});
