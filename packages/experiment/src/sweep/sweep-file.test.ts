import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { refusalOf } from '../../test/support/refusal.ts';
import { parseSweep } from './sweep-file.ts';

const sound = `name: example
model: { shape: llama-15m, dataType: f32 }
costModel: { kind: roofline, device: cpu }
limits: { maxSequences: 4, maxSequenceTokens: 64 }
policies: [temporal-fusion, { name: static-batching }]
workload:
  kind: synthetic
  requests: 3
  arrivals: { kind: poisson, requestsPerSecond: 10 }
  prompt: { kind: fixed, tokens: 8 }
  output: { kind: fixed, tokens: 8 }
sweep:
  workload.arrivals.requestsPerSecond: [10, 20]
  memory: [{ kind: slots }, { kind: paged, blockTokens: 16 }]
  policies.1.parameters.batchSize: [2]
`;

const PROFILE = `{ kind: profile, file: ${fileURLToPath(
  new URL('../../../../experiments/10-fidelity/profiles/gptj-6b.json', import.meta.url),
)} }`;
const refusal = (text: string) => refusalOf(() => parseSweep('example.yaml', text));

test('the axes are crossed, the first outermost, and each setting is an experiment', () => {
  const { settings } = parseSweep('example.yaml', sound);
  expect(settings.map(({ axes }) => Object.values(axes))).toEqual([
    [10, { kind: 'slots' }, 2],
    [10, { kind: 'paged', blockTokens: 16 }, 2],
    [20, { kind: 'slots' }, 2],
    [20, { kind: 'paged', blockTokens: 16 }, 2],
  ]);
  const { spec } = settings[3].experiment;
  expect(spec.memory).toEqual({ kind: 'paged', blockTokens: 16, hostBlocks: 0 });
  expect(spec.workload).toMatchObject({ arrivals: { requestsPerSecond: 20 } });
  expect(spec.policies[1]).toMatchObject({ parameters: { batchSize: 2 } });
});

test('a policy that is a name alone has parameters to vary, too', () => {
  const text = sound.replace('{ name: static-batching }', 'static-batching');
  expect(parseSweep('example.yaml', text).settings[3].experiment.spec.policies).toMatchObject([
    'temporal-fusion',
    { name: 'static-batching', parameters: { batchSize: 2 } },
  ]);
});

test('an axis varies one of the places in which an anchor is used', () => {
  const text = sound
    .replace('prompt: {', 'prompt: &length {')
    .replace('output: { kind: fixed, tokens: 8 }', 'output: *length')
    .replace('  workload.arrivals.requestsPerSecond: [10, 20]', '  workload.prompt.tokens: [4]');
  const { workload } = parseSweep('example.yaml', text).settings[0].experiment.spec;
  expect(workload).toMatchObject({ prompt: { tokens: 4 }, output: { tokens: 8 } });
});

test('a file without axes is a sweep over its policies and seeds', () => {
  const { settings } = parseSweep('example.yaml', sound.slice(0, sound.indexOf('sweep:')));
  expect(settings.map(({ axes }) => axes)).toEqual([{}]);
});

test('what the command line says stands in place of the file', () => {
  const { settings, written } = parseSweep('example.yaml', sound.replace(/.*batchSize.*\n/, ''), {
    policyFile: '/mine.ts',
    costModel: { kind: 'roofline', device: 'h100-sxm' },
  });
  expect(settings[0].experiment.spec.policies).toMatchObject([{ file: '/mine.ts' }]);
  expect(settings[0].experiment.spec.costModel).toEqual({ kind: 'roofline', device: 'h100-sxm' });
  expect(written.costModel).toEqual({ kind: 'roofline', device: 'h100-sxm' });
});

describe('what is wrong with an axis has the line and the setting', () => {
  test.each([
    [
      'unknown key',
      ['arrivals.requestsPerSecond', 'arrivals.requestPerSecond'],
      /:13:3: unknown key 'requestPerSecond' .*'requestsPerSecond'/,
    ],
    [
      'impossible value, second of its list',
      ['[10, 20]', '[10, -20]'],
      /:13:45: workload\.arrivals\.requestsPerSecond is -20; allowed: more than 0/,
    ],
    [
      'wrong key within a value',
      ['blockTokens: 16', 'blockToken: 16'],
      /:14:44: unknown key 'blockToken' in memory; did you mean 'blockTokens'/,
    ],
    ['unit in the value', ['[10, 20]', '[10, 20ms]'], /:13:45: .*'20ms'.*bare number/],
    ['no list', ['[10, 20]', '10'], /:13:40: sweep\.workload.* is 10; allowed: a list/],
    ['empty list', ['[10, 20]', '[]'], /:13:40: sweep.*allowed: at least 1/],
    [
      'what is no map',
      ['workload.arrivals.r', 'workload.kind.r'],
      /:13:\d+: .*"synthetic".*no keys/,
    ],
    [
      'what no experiment has',
      ['memory:', '__proto__.polluted:'],
      /:14:\d+: sweep\.__proto__\.polluted: this key cannot be an axis/,
    ],
    [
      'an entry that a list has not',
      ['policies.1.parameters', 'policies.2.parameters'],
      /:15:\d+: sweep\.policies\.2\.parameters\.batchSize: policies is a list of 2, .* no entry '2'/,
    ],
    [
      'a key of a list',
      ['policies.1.parameters.batchSize', 'policies.-1.label'],
      /:15:\d+: sweep\.policies\.-1\.label: policies is a list of 2, .* no entry '-1'/,
    ],
    [
      'a value within what an earlier axis puts there',
      ['policies.1.parameters.batchSize: [2]', 'memory.slots: [0]'],
      /:15:18: memory\.slots is 0; allowed: at least 1/,
    ],
    ['one of the seeds', ['memory:', 'seeds.0:'], /:14:12: sweep\.seeds\.0: this key cannot/],
    ['the seeds', ['memory:', 'seeds:'], /:14:10: sweep\.seeds: this key cannot be an axis/],
    [
      'values that contradict each other in one setting only',
      [
        'memory: [{ kind: slots }',
        'limits.maxSequenceTokens: [64, 12]\n  memory: [{ kind: slots }',
      ],
      /prompt and output can be 16 tokens.*\n.*maxSequenceTokens to 12/,
    ],
    [
      'a profile that is not there',
      ['{ kind: roofline, device: cpu }', '{ kind: profile, file: none.json }'],
      /:3:12: costModel: cannot read the profile .*none\.json/,
    ],
    [
      'a profile of another model, at one setting only',
      [
        'workload.arrivals',
        `costModel: [{ kind: roofline, device: cpu }, ${PROFILE}]\n  workload.arrivals`,
      ],
      /:13:\d+: costModel: .*was measured for gptj-6b f16 .* runs llama-15m f32.*\n.*costModel to/,
    ],
    [
      'a cost model that measures',
      ['costModel: { kind: roofline, device: cpu }\n', ''],
      /costModel: a sweep predicts/,
    ],
  ])('%s', (_, [from, to], expected) => {
    const error = refusal(sound.replace(from, to));
    expect(error.code).toBe('bad-experiment');
    expect(error.message).toMatch(expected);
  });

  test('the setting is told where values are refused', () => {
    expect(refusal(sound.replace('[10, 20]', '[10, -20]')).message).toMatch(
      /where the sweep sets workload\.arrivals\.requestsPerSecond to -20, memory to {"kind":"slots"}/,
    );
  });
});
