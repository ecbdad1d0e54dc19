import { afterAll, describe, expect, test } from 'vitest';
import { Engine } from '../src/engine.ts';
import { limitsFor } from '../src/limits.ts';
import { checkAgreement } from '../src/validation/agreement.ts';
import { checkBits } from '../src/validation/bits.ts';
import { crowdBranch } from '../src/validation/branches.ts';
import { checkErrors } from '../src/validation/errors.ts';
import { crowd, few } from '../src/validation/extent.ts';
import { checkParity } from '../src/validation/parity.ts';
import { dividedShape, tinyShapes } from '../src/validation/shapes.ts';
import { onRanks } from '../src/validation/target.ts';
import { fixture } from './fixtures.ts';
import { logitsAfter } from './logits.ts';
import { referenceOf, relativeError } from './reference.ts';
import { promptRequest, runRequests, schedulerConfig } from './run-requests.ts';
import { floverErrorOf } from './thrown.ts';

const alone = { backend: 'cpu', open: Engine.open } as const;
const config = schedulerConfig();
const engines: Engine[] = [];
afterAll(() => {
  for (const engine of engines) engine.close();
});
let seed = Math.floor(Math.random() * 2 ** 30);

describe.each([
  ['llama-gqa-tied-llama3', 2],
  ['llama-bias-linear-bf16', 2],
  ['gptj', 3],
  ['gptj-f16', 2],
  ['gptj-f16', 4],
] as const)('%s on %i ranks agrees with transformers', (name, size) => {
  const { logits, greedy } = referenceOf(name);
  const model = { kind: 'checkpoint', folder: fixture(name), dataType: 'f32' } as const;
  const limits = limitsFor(config, 2, size);
  const engine = Engine.open({ model, backend: 'cpu', limits, world: { size } });
  engines.push(engine);

  test.each(logits.map((c) => [c.prompt.length, c] as const))(
    'logits after %i tokens, within 1e-4',
    (_, { prompt, logits: expected }) => {
      expect(relativeError(logitsAfter(engine, prompt), expected)).toBeLessThan(1e-4);
    },
  );

  test('200 greedy tokens and their log-probabilities', () => {
    const { prompt, tokens, logProbs } = greedy;
    const sampling = { logProbs: true, endTokens: [] };
    const request = promptRequest(0, prompt, tokens.length, { sampling });
    const [output] = runRequests(engine, config, [request]).outputs.get(0)!;
    expect([...output!.tokens]).toEqual(tokens);
    expect(relativeError(output!.logProbs, logProbs)).toBeLessThan(1e-4);
  });
});

describe.each([2, 4])('on %i ranks', (size) => {
  const target = onRanks(alone, { size });
  const subjects = tinyShapes.map(
    (shape) => ({ shape: dividedShape(shape, size), dataType: 'f32' }) as const,
  );

  test.each(subjects)('$shape.name: the same bits alone and in any company', (subject) => {
    const result = checkBits(target, subject, few, { cases: 12, seed: seed++ });
    expect(result).toMatchObject({ verdict: 'passed', detail: '' });
  });

  test.each(subjects)('$shape.name: logits as of one rank', (subject) => {
    const result = checkAgreement(target, alone, subject, { cases: 8, seed: seed++ });
    expect(result).toMatchObject({ verdict: 'passed' });
  });

  test('the same bits with up to 63 companions', () => {
    const subject = { ...subjects[1]!, dataType: 'bf16' } as const;
    const result = checkBits(target, subject, crowd, { cases: 6, seed: seed++ });
    expect(result).toMatchObject({ verdict: 'passed', detail: '' });
    expect(Object.keys(result.seen)).toContain(crowdBranch);
  });

  test('a run replays identically', () => {
    const result = checkParity(target, subjects[0]!, few, { cases: 6, seed: seed++ });
    expect(result).toMatchObject({ verdict: 'passed', detail: '' });
  });

  test('mistakes, a failing rank among them, are one clear error each', () => {
    const result = checkErrors(target, subjects[2]!, seed);
    expect(result).toMatchObject({ verdict: 'passed', detail: '' });
    expect(Object.keys(result.seen)).toContain('a rank that fails while the others count on it');
  });
});

describe('a world that cannot be is refused', () => {
  const [shape] = tinyShapes;
  const model = { kind: 'synthetic', shape: shape!, dataType: 'f32', seed: 1 } as const;
  const limits = limitsFor(config, 1);

  test.each([
    [{ size: 3 }, 'world-invalid', /does not divide the model's heads \(4\)/],
    [{ size: 2, devices: [0] }, 'world-invalid', /1 devices are named for 2 ranks/],
    [{ size: 2, devices: [0, 1] }, 'device-unavailable', /rank 1 asks for device 1; seen: 1/],
    [{ size: 2, collective: 'nccl' }, 'collective-unavailable', /one-shot alone/],
  ] as const)('%j', (world, code, message) => {
    const error = floverErrorOf(() => Engine.open({ model, backend: 'cpu', limits, world }));
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(message);
  });

  test('the rank and its device are named when it fails in a run, and closing does not wait', () => {
    const world = { size: 4, failure: { rank: 2, work: 3 } };
    const engine = Engine.open({ model, backend: 'cpu', limits: limitsFor(config, 2), world });
    const requests = [0, 1, 2].map((id) => promptRequest(id, [1, 2, 3], 20));
    const error = floverErrorOf(() => runRequests(engine, config, requests));
    expect(error.code).toBe('rank-failed');
    expect(error.message).toMatch(/^rank 2 of 4 \(device 0\) failed: /);
    engine.close();
  });
});
