import { expect, test } from 'vitest';
import { refusalOf, soundExperiment } from '../../test/support/refusal.ts';
import { cellsOf, requestsOf } from '../cells.ts';
import { cellKey, FileHashes } from '../sweep/cell-key.ts';
import { parseExperiment } from './load.ts';
import { metricsOptionsOf } from './measured.ts';

/** The sound experiment with two tenants: the first line of `parts` is line 13. */
const mixed = `${soundExperiment.slice(0, soundExperiment.indexOf('workload:'))}workload:
  kind: mix
  parts:
    - tenant: chat
      priority: -1
      slo: { ttftMs: 5 }
      kind: synthetic
      requests: 3
      arrivals: { kind: constant, intervalMs: 10 }
      prompt: { kind: fixed, tokens: 8 }
      output: { kind: fixed, tokens: 8 }
    - { tenant: batch, kind: synthetic, requests: 2, arrivals: { kind: all-at-once },
        prompt: { kind: fixed, tokens: 8 }, output: { kind: fixed, tokens: 16 } }
slo: { e2eMs: 100 }
`;
const parse = (text: string) => parseExperiment('mix.yaml', text);

test('a mix is read: cells know the parts, metrics their objectives', () => {
  const experiment = parse(mixed);
  const [cell] = cellsOf(experiment);
  expect(requestsOf(cell!.workload)).toBe(5);
  expect(cell!.workload).toMatchObject({
    maxSequenceTokens: 64,
    parts: [{ tenant: 'chat', priority: -1 }, { tenant: 'batch' }],
  });
  // What requests are judged by is no part of what arrives.
  expect(JSON.stringify(cell!.workload)).not.toContain('slo');
  expect(metricsOptionsOf(experiment)).toEqual({
    slo: { e2eMs: 100 },
    tenantSlos: [{ tenant: 'chat', slo: { ttftMs: 5 } }],
  });
});

test('a sweep computes a cell anew where a part, its file or its objectives change', () => {
  const key = (text: string) => {
    const experiment = parse(text);
    return cellKey(experiment, cellsOf(experiment)[0]!, new FileHashes());
  };
  const keys = [
    mixed,
    mixed.replace('priority: -1', 'priority: 0'),
    mixed.replace('tenant: batch', 'tenant: other'),
    mixed.replace('ttftMs: 5', 'ttftMs: 6'),
  ].map(key);
  expect(new Set(keys).size).toBe(4);
});

test.each([
  [
    'a part without a tenant',
    ['tenant: chat\n      priority', 'priority'],
    /:13:7: workload\.parts\.0\.tenant is missing; allowed: a text/,
  ],
  [
    'a broken priority',
    ['priority: -1', 'priority: 1.5'],
    /:14:17: workload\.parts\.0\.priority is 1\.5; allowed: a whole number/,
  ],
  [
    'one tenant twice',
    ['tenant: batch', 'tenant: chat'],
    /:21:17: workload\.parts\.1\.tenant is 'chat'; allowed: each tenant once/,
  ],
  [
    'an empty name',
    ['tenant: chat', "tenant: ''"],
    /:13:15: workload\.parts\.0\.tenant is ''; allowed: a text of 1 to 64/,
  ],
  [
    'an unknown key of a part',
    ['priority: -1', 'prority: -1'],
    /:14:7: unknown key 'prority' in workload\.parts\.0; did you mean 'priority'/,
  ],
  [
    'an unknown objective',
    ['ttftMs: 5', 'ttfMs: 5'],
    /:15:14: unknown key 'ttfMs' in workload\.parts\.0\.slo; did you mean 'ttftMs'/,
  ],
  [
    'a mix in a mix',
    ['kind: synthetic\n      requests', 'kind: mix\n      requests'],
    /workload\.parts\.0\.kind is 'mix'; allowed: synthetic, trace/,
  ],
  [
    'a part too long for a sequence',
    ['tokens: 16', 'tokens: 60'],
    /:22:\d+: workload\.parts\.1\.prompt: .* 68 tokens together/,
  ],
  [
    'a rate said twice in a part',
    [
      '{ kind: constant, intervalMs: 10 }',
      '{ kind: poisson, meanIntervalMs: 9, requestsPerSecond: 9 }',
    ],
    /:13:7: workload\.parts\.0: .*requestsPerSecond/,
  ],
  [
    'objectives of a workload that is no part',
    ['kind: mix\n  parts:', 'kind: synthetic\n  slo: { ttftMs: 1 }\n  parts:'],
    /unknown key 'slo' in workload/,
  ],
])('refuses %s, with its line', (_, [from, to], message) => {
  const text = mixed.replace(from!, to!);
  expect(text).not.toBe(mixed);
  expect(refusalOf(() => parse(text)).message).toMatch(message);
});
