import { describe, expect, test } from 'vitest';
import { Engine } from '../src/engine.ts';
import { RunSignal } from '../src/run/signal.ts';
import { checkAgreement } from '../src/validation/agreement.ts';
import { checkBits } from '../src/validation/bits.ts';
import { checkErrors } from '../src/validation/errors.ts';
import { few } from '../src/validation/extent.ts';
import { checkLeaks } from '../src/validation/leaks.ts';
import { replayDifference } from '../src/validation/parity.ts';
import { serve } from '../src/validation/serve.ts';
import { tinyShapes } from '../src/validation/shapes.ts';
import { holds, validateEngine } from '../src/validation/validate.ts';
import {
  brokenTarget,
  careless,
  companyChangesBits,
  imprecise,
  leaking,
} from './broken-engines.ts';
import { openCpu, promptRequest, schedulerConfig } from './run-requests.ts';

const cpu = { backend: 'cpu', open: Engine.open } as const;
const subject = { shape: tinyShapes[0]!, dataType: 'f32' } as const;

describe('what is right passes', () => {
  test('errors: every mistake is told', () => {
    expect(checkErrors(cpu, subject, 1)).toMatchObject({ verdict: 'passed', detail: '' });
  });

  test('leaks: no sequence is alive after 200 requests, some of them cancelled', () => {
    const result = checkLeaks(cpu, subject, 200, 1);
    expect(result).toMatchObject({ verdict: 'passed', cases: 200, unseen: [] });
  });

  test('agreement with itself is exact', () => {
    const result = checkAgreement({ ...cpu }, cpu, subject, { cases: 8, seed: 1 });
    expect(result.detail).toMatch(/largest relative difference 0.00e\+0 over \d+ tokens/);
  });
});

describe('what is wrong is found', () => {
  test('bits that depend on the company, shrunk to three requests or one group', () => {
    const target = brokenTarget(companyChangesBits);
    const result = checkBits(target, subject, few, { cases: 60, seed: 1 });
    expect(result.verdict).toBe('failed');
    expect(result.path).toMatch(/^\d+/);
    expect(result.detail).toMatch(
      /^request \d, sequence \d: log-probability \d+ is -.* in company/,
    );
    const world = JSON.parse(result.detail.slice(result.detail.indexOf('\nin ') + 4));
    expect(world.requests.length).toBeLessThanOrEqual(4);
  });

  test('logits that are off by a thousandth', () => {
    const target = brokenTarget(imprecise);
    const result = checkAgreement(target, cpu, subject, { cases: 8, seed: 1 });
    expect(result).toMatchObject({ verdict: 'failed' });
    expect(result.detail).toMatch(/differ by 0.00[01]/);
  });

  test('a device that loses memory with every request', () => {
    const result = checkLeaks(brokenTarget(leaking, 'cuda'), subject, 1200, 1);
    expect(result).toMatchObject({ verdict: 'failed' });
    expect(result.detail).toMatch(/memory changed by \d{7,} bytes/);
  });

  test('a mistake that passes in silence', () => {
    const result = checkErrors(brokenTarget(careless), subject, 1);
    expect(result).toMatchObject({ verdict: 'failed' });
    expect(result.detail).toBe(
      'releasing an unknown sequence: no error; expected sequence-unknown',
    );
  });

  test('a decision that was changed in the trace', () => {
    const config = schedulerConfig();
    const engine = openCpu({ kind: 'synthetic', ...subject, seed: 1 }, config);
    const requests = [promptRequest(0, [1, 2], 5), promptRequest(1, [3], 5)];
    const { records } = serve(engine, config, requests).sink;
    engine.close();
    const world = { config, requests };
    expect(replayDifference(world, records)).toBeUndefined();
    const admitted = records.findIndex((r) => r.kind === 'action' && r.action.kind === 'admit');
    const without = records.filter((_, i) => i !== admitted);
    expect(replayDifference(world, without)).toMatch(/^action 0 was .*, replayed it is .*"admit"/);
  });
});

test('a validation run tells every check as it ends, and what it means when one throws', () => {
  const told: number[] = [];
  const validation = validateEngine({
    backend: 'cpu',
    cases: 4,
    seed: 7,
    requests: 40,
    dataTypes: ['f32'],
    shapes: [tinyShapes[0]!],
    checks: ['errors', 'parity', 'bits', 'agreement'],
    onResult: ({ checks, complete }) => told.push(complete ? -1 : checks.length),
  });
  expect(told).toEqual([1, 2, 3, 4]);
  expect(validation.checks.map(({ check, verdict }) => `${check} ${verdict}`)).toEqual([
    'errors passed',
    'agreement skipped',
    'parity passed',
    'bits passed',
  ]);
  expect(holds(validation)).toBe(true);
  expect(validation.device.backend).toBe('cpu');
});

test('a validation run that is cancelled does not hold', () => {
  const signal = new RunSignal();
  const validation = validateEngine({
    backend: 'cpu',
    cases: 50,
    seed: 7,
    requests: 40,
    dataTypes: ['f32'],
    checks: ['bits'],
    signal,
    onStart: () => signal.cancel(),
  });
  expect(validation).toMatchObject({ complete: false, checks: [{ verdict: 'interrupted' }] });
  expect(holds(validation)).toBe(false);
});
