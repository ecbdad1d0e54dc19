import type { FloverError } from '@flover/policy';
import { describe, expect, test } from 'vitest';
import { parseExperiment } from './load.ts';

const sound = `name: example
model:
  shape: llama-15m
  dataType: f32
limits:
  maxSequences: 4
  maxSequenceTokens: 64
policies:
  - temporal-fusion
workload:
  kind: synthetic
  requests: 3
  arrivals: { kind: constant, intervalMs: 10 }
  prompt: { kind: fixed, tokens: 8 }
  output: { kind: fixed, tokens: 8 }
`;

/** The error that a text is refused with. */
function refusal(text: string): FloverError {
  try {
    parseExperiment('example.yaml', text);
  } catch (error) {
    return error as FloverError;
  }
  throw new Error('the text was accepted');
}

test('a sound file is read, and what it leaves out has its default', () => {
  const { spec } = parseExperiment('example.yaml', sound);
  expect(spec.engine).toEqual({
    backend: 'auto',
    threads: 0,
    tensorParallel: 1,
    collective: 'one-shot',
  });
  expect(spec.costModel).toEqual({ kind: 'measure' });
  expect(spec.memory).toEqual({ kind: 'slots' });
  expect(spec.seeds).toEqual([1]);
});

test('seeds can be a range', () => {
  const { spec } = parseExperiment('example.yaml', `${sound}seeds: 3..6\n`);
  expect(spec.seeds).toEqual([3, 4, 5, 6]);
});

describe('a bad file is refused with the file, the line, the value and what is allowed', () => {
  test.each([
    [
      'unknown key',
      ['maxSequences: 4', 'maxSequence: 4'],
      /:6:3: unknown key 'maxSequence' .*'maxSequences'/,
    ],
    [
      'key without its unit',
      ['intervalMs: 10', 'interval: 10'],
      /:13:\d+: unknown key 'interval' .*'intervalMs'/,
    ],
    ['unit in the value', ['intervalMs: 10', 'intervalMs: 10ms'], /:13:\d+: .*'10ms'.*bare number/],
    [
      'word of no meaning',
      ['dataType: f32', 'dataType: f23'],
      /:4:\d+: .*'f23'.*f32, f16, bf16.*'f32'/,
    ],
    [
      'kind of no meaning',
      ['kind: constant', 'kind: constand'],
      /:13:\d+: .*'constand'.*'constant'/,
    ],
    ['unknown model', ['llama-15m', 'lama-15m'], /:3:\d+: .*'lama-15m'.*'llama-15m'/],
    ['too small', ['requests: 3', 'requests: 0'], /:12:\d+: .*is 0; allowed: at least 1/],
    [
      'too long for the model',
      ['maxSequenceTokens: 64', 'maxSequenceTokens: 2048'],
      /:7:\d+: .*1024 positions/,
    ],
    [
      'prompt longer than a sequence',
      ['prompt: { kind: fixed, tokens: 8', 'prompt: { kind: fixed, tokens: 80'],
      /:14:\d+: .*88 tokens.*64/,
    ],
    [
      'a rate said twice',
      [
        '{ kind: constant, intervalMs: 10 }',
        '{ kind: poisson, meanIntervalMs: 9, requestsPerSecond: 9 }',
      ],
      /:11:3: workload: .*requestsPerSecond/,
    ],
    [
      'ranks that the heads do not allow',
      ['dataType: f32', 'dataType: f32\nengine: { tensorParallel: 4 }'],
      /:5:\d+: engine\.tensorParallel: 4 ranks cannot share llama-15m: its heads \(6\)/,
    ],
    [
      'ranks that share a device under NCCL',
      [
        'dataType: f32',
        'dataType: f32\nengine: { tensorParallel: 2, collective: nccl, devices: [1, 1] }',
      ],
      /:5:\d+: engine\.devices: ranks 0 and 1 share device 1, and NCCL takes one rank a device/,
    ],
    [
      'devices that are not one a rank',
      ['dataType: f32', 'dataType: f32\nengine: { tensorParallel: 2, devices: [0] }'],
      /:5:\d+: engine\.devices: 1 devices are named for 2 ranks/,
    ],
    [
      'seeds that fall',
      ['workload:', 'seeds: 6..3\nworkload:'],
      /:10:8: seeds is '6\.\.3'; allowed: .*rises/,
    ],
    [
      'one seed, no list',
      ['workload:', 'seeds: 6\nworkload:'],
      /:10:8: seeds is 6; allowed: a list/,
    ],
    ['missing key', ['  requests: 3\n', ''], /requests is missing/],
  ])('%s', (_, [from, to], expected) => {
    const error = refusal(sound.replace(from, to));
    expect(error.code).toBe('bad-experiment');
    expect(error.message).toMatch(/^example\.yaml:\d+:\d+: /);
    expect(error.message).toMatch(expected);
  });

  test('no YAML', () => {
    const error = refusal('name: [');
    expect(error.code).toBe('bad-yaml');
    expect(error.message).toMatch(/^example\.yaml:\d+:\d+: /);
  });

  test('more KV than memory', () => {
    const text = sound
      .replace('llama-15m', 'llama-65b')
      .replace('maxSequences: 4', 'maxSequences: 60000')
      .replace('name: example', 'name: example\ncostModel: { kind: roofline, device: h100-sxm }');
    expect(refusal(text).message).toMatch(/example\.yaml:\d+:\d+: .*GB.* 80 GB .* h100-sxm can/);
    const four = text
      .replace('maxSequences: 60000', 'maxSequences: 4')
      .replace(
        'name: example',
        'name: example\nengine: { tensorParallel: 4, devices: [0, 0, 1, 0] }',
      );
    expect(refusal(four).message).toMatch(
      /261 GB of weights, but 107 GB .* 4 ranks, 3 on one h100-sxm, can hold/,
    );
  });

  test('two policies of one name', () => {
    const error = refusal(sound.replace('- temporal-fusion', '- sequential\n  - sequential'));
    expect(error.message).toMatch(/two policies are called 'sequential'/);
  });

  test('unknown policy, before anything runs', () => {
    const error = refusal(sound.replace('- temporal-fusion', '- temporal-fushion'));
    expect(error.message).toMatch(/:9:\d+: .*'temporal-fushion'.*'temporal-fusion'/);
  });

  test('unknown parameter of a policy', () => {
    const error = refusal(
      sound.replace(
        '- temporal-fusion',
        '- { name: static-batching, parameters: { batchsize: 2 } }',
      ),
    );
    expect(error.message).toMatch(/:9:\d+: .*'batchsize'.*batchSize/);
  });
});
