import { expect, it } from 'vitest';
import { createPolicy } from './create.ts';
import { builtInPolicies, lookupPolicy } from './index.ts';

it('finds each built-in policy by its name, and it makes a policy of that name', () => {
  expect(builtInPolicies.map(({ name }) => name)).toEqual([
    'temporal-fusion',
    'sequential',
    'static-batching',
    'dynamic-batching',
    'concurrent-instances',
    'continuous-batching',
    'chunked-prefill',
  ]);
  for (const definition of builtInPolicies) {
    expect(lookupPolicy(definition.name)).toBe(definition);
    expect(createPolicy(definition, {}).name).toBe(definition.name);
  }
});

it('names the nearest policy and parameter', () => {
  expect(() => lookupPolicy('temporal-fussion')).toThrowError(
    expect.objectContaining({ code: 'unknown-policy', hint: "did you mean 'temporal-fusion'?" }),
  );
  expect(() => createPolicy(lookupPolicy('static-batching'), { batchsize: 4 })).toThrowError(
    expect.objectContaining({ code: 'unknown-parameter', hint: "did you mean 'batchSize'?" }),
  );
});

it.each([
  ['throws', 'policy-threw', /'mine', being created with {"batch":3}, threw: Error: no more/],
  ['gives nothing', 'invalid-policy', /gave no policy, but undefined/],
  ['gives a policy without plan', 'invalid-policy', /but an object with name, lanes/],
  ['gives a policy without lanes', 'invalid-policy', /has no lanes/],
])('a create that %s is named', (what, code, message) => {
  const created: Record<string, () => unknown> = {
    throws: () => {
      throw new Error('no more');
    },
    'gives nothing': () => undefined,
    'gives a policy without plan': () => ({ name: 'mine', lanes: ['main'] }),
    'gives a policy without lanes': () => ({ name: 'mine', lanes: [], plan() {} }),
  };
  const definition = { name: 'mine', parameters: { batch: 3 }, create: created[what] };
  expect(() => createPolicy(definition as never, {})).toThrowError(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  );
});

it.each([
  ['static-batching', { batchSize: 0 }],
  ['static-batching', { batchSize: '8' }],
  ['static-batching', { preemption: 'drop' }],
  ['temporal-fusion', { prefillLanes: 1.5 }],
  ['dynamic-batching', { windowMs: -1 }],
  ['dynamic-batching', { windowMs: Number.NaN }],
])('refuses an impossible parameter of %s: %o', (name, parameters) => {
  expect(() => createPolicy(lookupPolicy(name), parameters as never)).toThrowError(
    expect.objectContaining({ code: 'bad-parameter' }),
  );
});
