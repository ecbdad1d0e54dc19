import { expect, test } from 'vitest';
import { parseExperiment } from '../spec/load.ts';
import { importFloverIni } from './flover-ini.ts';

const ini = `[model_specification]
model_type=llama_13b                 ; gptj_6b, llama_13b, llama_33b
data_type=fp16                       ; fp32, bf16
max_concurrency=32                   ; maximum requests for fusion before OOM.
per_batch_size=1
max_seq_len=512
fixed_input_len=8
fixed_prompt_len=0
beam_width=1
tensor_para_size=1
pipeline_para_size=1

[runtime_hyperparameter]
top_k=1
top_p=0.0
temperature=1.0
repetition_penalty=1.0
presence_penalty=0.0
len_penalty=0.0
beam_search_diversity_rate=0.0
data_type=fp16
enable_custom_all_reduce=0
interval=1000
use_mem_shuffle=1

[request]
request_output_len=504
`;

test("Flover's own file becomes a sound experiment", () => {
  const { yaml } = importFloverIni('llama.ini', ini);
  const { spec } = parseExperiment('imported.yaml', yaml);
  expect(spec.model).toMatchObject({ shape: 'llama-13b', dataType: 'f16' });
  expect(spec.limits).toMatchObject({ maxSequences: 32, maxSequenceTokens: 512 });
  expect(spec.memory).toEqual({ kind: 'contiguous', reordering: 'flover' });
  expect(spec.workload).toMatchObject({
    requests: 32,
    arrivals: { kind: 'constant', intervalMs: 1000 },
    prompt: { kind: 'fixed', tokens: 8 },
    output: { kind: 'uniform', minTokens: 128, maxTokens: 504 },
    sampling: { topK: 1, temperature: 1 },
  });
});

test('what has no meaning here is listed, and nothing else is dropped', () => {
  const { ignored } = importFloverIni('llama.ini', `${ini}\n[extra]\nfancy=1\n`);
  expect(ignored.map(({ key }) => key)).toEqual([
    'model_specification.fixed_prompt_len',
    'model_specification.pipeline_para_size',
    'runtime_hyperparameter.data_type',
    'runtime_hyperparameter.enable_custom_all_reduce',
    'extra.fancy',
  ]);
});

test('beams, samples, fixed lengths and penalties keep their meaning', () => {
  const { yaml } = importFloverIni(
    'gptj.ini',
    ini
      .replace('llama_13b ', 'gptj_6b ')
      .replace('beam_width=1', 'beam_width=4')
      .replace('use_mem_shuffle=1', 'use_mem_shuffle=0')
      .replace('repetition_penalty=1.0', 'repetition_penalty=1.2')
      .replace('top_p=0.0', 'top_p=0.9'),
  );
  const { spec } = parseExperiment('imported.yaml', yaml);
  expect(spec.memory).toEqual({ kind: 'contiguous', reordering: 'off' });
  expect(spec.workload).toMatchObject({
    group: 'beams',
    width: 4,
    output: { kind: 'fixed', tokens: 504 },
    sampling: { repetitionPenalty: 1.2, topP: 0.9 },
  });
});

test.each([
  [
    'model_type=llama_13b ',
    'model_type=opt_13b ',
    /model_type is 'opt_13b'; allowed: one of .*llama-13b/,
  ],
  ['interval=1000', 'interval=soon', /interval is 'soon'; allowed: a number/],
  ['data_type=fp16     ', 'data_type=int8     ', /data_type is 'int8'; allowed: fp32, fp16, bf16/],
])('a bad value is named: %s', (from, to, expected) => {
  expect(() => importFloverIni('llama.ini', ini.replace(from, to))).toThrow(expected);
});
