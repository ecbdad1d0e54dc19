import { describe, expect, test } from 'vitest';
import { refusalOf, soundExperiment as sound } from '../../test/support/refusal.ts';
import { parseExperiment } from './load.ts';

const refusal = (text: string) => refusalOf(() => parseExperiment('example.yaml', text));

describe('values that contradict each other are refused with the file, the line and what is allowed', () => {
  test.each([
    ['unknown model', ['llama-15m', 'lama-15m'], /:3:\d+: .*'lama-15m'.*'llama-15m'/],
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
      'a policy by name and file',
      ['- temporal-fusion', '- { name: sequential, file: mine.ts }'],
      /:9:5: policies\.0: give either a 'name' or a 'file'/,
    ],
    [
      'unknown device',
      ['policies:', 'costModel: { kind: roofline, device: h100 }\npolicies:'],
      /:8:38: costModel\.device: no device is called 'h100'; did you mean 'h100-sxm'/,
    ],
    [
      'empirical lengths without any',
      ['prompt: { kind: fixed, tokens: 8 }', 'prompt: { kind: empirical }'],
      /:14:11: workload\.prompt: give either a list of 'tokens' or a 'path'/,
    ],
    [
      'a prompt beside lengths for both',
      ['output: { kind: fixed, tokens: 8 }', 'lengths: { kind: pairs, pairs: [[8, 8]] }'],
      /:11:3: workload: give 'prompt' and 'output'/,
    ],
    [
      'bounds that fall',
      [
        'output: { kind: fixed, tokens: 8 }',
        'output: { kind: log-normal, medianTokens: 5, sigma: 1, minTokens: 9, maxTokens: 8 }',
      ],
      /:15:69: workload\.output\.minTokens: 9 is more than maxTokens \(8\)/,
    ],
    [
      'bounds that fall, in the unit of their key',
      ['  requests: 3', '  requests: 3\n  cancels: { share: 1, minAfterMs: 9, maxAfterMs: 1 }'],
      /:13:36: workload\.cancels\.minAfterMs: 9 is more than maxAfterMs \(1\)/,
    ],
    [
      'more beams than sequences',
      ['  requests: 3', '  requests: 3\n  group: beams\n  width: 8'],
      /:14:10: workload\.width: a request has 8 sequences, but 4 are alive/,
    ],
    [
      'two penalties',
      [
        '  requests: 3',
        '  requests: 3\n  sampling: { repetitionPenalty: 1.2, presencePenalty: 1 }',
      ],
      /workload\.sampling\.presencePenalty: a repetitionPenalty is given/,
    ],
  ])('%s', (_, [from, to], expected) => {
    const error = refusal(sound.replace(from, to));
    expect(error.code).toBe('bad-experiment');
    expect(error.message).toMatch(/^example\.yaml:\d+:\d+: /);
    expect(error.message).toMatch(expected);
  });

  test('a checkpoint is held to its own shape', () => {
    const { pathname } = new URL('../../../engine/fixtures/llama-mha', import.meta.url);
    const text = sound.replace('shape: llama-15m', `checkpoint: ${pathname}`);
    expect(parseExperiment('example.yaml', text).spec.model.checkpoint).toBe(pathname);
    const long = refusal(text.replace('Tokens: 64', 'Tokens: 2048'));
    expect(long.message).toMatch(/:7:22: limits\.maxSequenceTokens: 2048 .*llama-mha has 512 pos/);
    expect(long.hint).toBe('Allowed: 2 to 512.');
    const many = text
      .replace('limits:', 'costModel: { kind: roofline, device: h100-sxm }\nlimits:')
      .replace('maxSequenceTokens: 64', 'maxSequenceTokens: 512')
      .replace('maxSequences: 4', 'maxSequences: 65536');
    const memory = many.replace('policies:', 'memory: { kind: slots, slots: 900000 }\npolicies:');
    expect(refusal(memory).message).toMatch(/ GB of KV beside 0\.0 GB of weights, but 80 GB/);
    const nowhere = refusal(sound.replace('shape: llama-15m', 'checkpoint: nowhere'));
    expect(nowhere.message).toMatch(/^example\.yaml:3:15: model\.checkpoint: .*config\.json/);
  });

  test('pairs of lengths longer than a sequence', () => {
    const lines = / {2}prompt: .*\n {2}output: .*\n/;
    const error = refusal(
      sound.replace(lines, '  lengths: { kind: pairs, pairs: [[9, 9], [8, 80]] }\n'),
    );
    expect(error.message).toMatch(/:14:12: workload\.lengths: .*88 tokens.*64/);
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
