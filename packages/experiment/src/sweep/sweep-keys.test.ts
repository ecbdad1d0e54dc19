import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { refusalOf } from '../../test/support/refusal.ts';
import { parseExperiment } from '../spec/load.ts';
import { parseSweep } from './sweep-file.ts';

const text = `name: shown
model: { shape: llama-15m, dataType: f32 }
costModel: { kind: roofline, device: cpu }
limits: { maxSequences: 4, maxSequenceTokens: 64 }
policies: [temporal-fusion, { name: static-batching, label: batches }]
workload:
  kind: synthetic
  requests: 3
  arrivals: { kind: poisson, requestsPerSecond: 10 }
  prompt: { kind: fixed, tokens: 8 }
  output: { kind: fixed, tokens: 8 }
slo: { ttftMs: 5 }
show: [e2eMsMean, sloShare]
baseline: batches
`;

test('what is to be shown and the baseline are read, and are no part of the experiment', () => {
  const { show, baseline, written } = parseSweep('example.yaml', text);
  expect({ show, baseline }).toEqual({ show: ['e2eMsMean', 'sloShare'], baseline: 'batches' });
  expect(written).not.toHaveProperty('show');
  expect(written).not.toHaveProperty('baseline');
});

test('a policy in place of all others has no baseline', () => {
  expect(parseSweep('example.yaml', text, { policyFile: '/mine.ts' }).baseline).toBeUndefined();
});

test('objectives of a part are objectives', () => {
  const part = 'kind: synthetic, tenant: one, requests: 3, slo: { ttftMs: 5 }';
  const lengths = 'prompt: { kind: fixed, tokens: 8 }, output: { kind: fixed, tokens: 8 }';
  const mix = `workload:
  kind: mix
  parts: [{ ${part}, arrivals: { kind: poisson, requestsPerSecond: 10 }, ${lengths} }]
`;
  const written = text.replace(/workload:[\s\S]*?(?=show)/, mix);
  expect(parseSweep('example.yaml', written).show).toEqual(['e2eMsMean', 'sloShare']);
});

describe('what is wrong is refused with the line', () => {
  test.each([
    [
      'an unknown metric',
      ['e2eMsMean', 'e2eMean'],
      /:13:8: show\.0 is 'e2eMean'; allowed: a metric of docs\/metrics\.md; did you mean 'e2eMsMean'/,
    ],
    [
      'a metric twice',
      ['sloShare', 'e2eMsMean'],
      /:13:19: show\.1 is .*; allowed: each metric once/,
    ],
    [
      'no metric',
      ['[e2eMsMean, sloShare]', '[]'],
      /:13:7: show is \[\]; allowed: at least 1 entry/,
    ],
    ['no list', ['[e2eMsMean, sloShare]', 'e2eMsMean'], /:13:7: show is .*; allowed: a list/],
    [
      'goodput without objectives',
      [/slo: .*\n/, ''],
      /:12:19: show\.1: 'sloShare' counts requests/,
    ],
    [
      'an unknown baseline',
      ['baseline: batches', 'baseline: batch'],
      /:14:11: baseline: 'batch' is no policy here; allowed: temporal-fusion, batches; did you mean 'batches'/,
    ],
    [
      'a misspelt key',
      ['baseline', 'baselin'],
      /:14:1: unknown key 'baselin' .*did you mean 'baseline'/,
    ],
  ] as const)('%s', (_, [from, to], expected) => {
    const error = refusalOf(() => parseSweep('example.yaml', text.replace(from, to)));
    expect(error.code).toBe('bad-experiment');
    expect(error.message).toMatch(expected);
  });

  test('an experiment that no sweep runs is told where they belong', () => {
    expect(refusalOf(() => parseExperiment('example.yaml', text)).message).toMatch(
      /:13:1: 'show' belongs to a sweep; `flover sweep FILE` runs it\n.*:14:1: 'baseline' belongs/,
    );
  });
});

test('the keys are told', () => {
  const page = readFileSync(
    new URL('../../../../docs/experiment-format.md', import.meta.url),
    'utf8',
  );
  for (const key of ['sweep', 'show', 'baseline']) expect(page).toContain(`\`${key}\``);
});
