import { FloverError } from '@flover/policy';
import fc from 'fast-check';
import type { Engine } from '../engine.ts';
import { limitsFor } from '../limits.ts';
import { aloneConfig, firstDifference } from './bits.ts';
import { branchesOf } from './branches.ts';
import { decodeFigures } from './decode-figures.ts';
import { lanes, whole } from './extent.ts';
import { replayDifference } from './parity.ts';
import { policiesFor } from './policies.ts';
import { Branches, type CheckResult } from './result.ts';
import { serve } from './serve.ts';
import { nameOf, sourceOf, type TestModel, type ValidationTarget } from './target.ts';
import { requestsArbitrary, type World } from './worlds.ts';

interface Opened {
  readonly engine: Engine;
  readonly subject: TestModel;
  readonly seconds: number;
}

/**
 * A model of real size, opened once: every policy for real, each with the bits that requests have
 * alone and with a replay that is identical; what it takes to open, and how long an iteration is.
 */
export function checkRealSizeModel(
  target: ValidationTarget,
  asked: TestModel,
  seed: number,
): CheckResult {
  const branches = new Branches(policiesFor(whole).map(({ name }) => name));
  const { engine, subject, seconds } = openLargest(target, asked);
  const { memoryBytes, freeBytes } = engine.device;
  const problems: string[] = [];
  let cases = 0;
  try {
    const [requests] = fc.sample(requestsArbitrary(whole, false), { seed, numRuns: 1 });
    const alone = serve(engine, aloneConfig(whole), requests!, target.signal);
    for (const { config } of worldsOf(requests!)) {
      if (target.signal?.cancelled) break;
      const fused = serve(engine, config, requests!, target.signal);
      branches.add(branchesOf(config, fused.sink.records));
      const wrong =
        firstDifference(fused.outputs, alone.outputs) ??
        replayDifference({ config, requests: requests! }, fused.sink.records);
      if (wrong) problems.push(`${JSON.stringify(config.policy)}: ${wrong}`);
      cases += 1;
    }
    const figures = target.signal?.cancelled ? {} : decodeFigures(engine, whole, target.signal);
    const stopped = target.signal?.cancelled ? ('interrupted' as const) : undefined;
    return {
      check: 'whole',
      subject: nameOf(asked),
      claim:
        'under every policy requests have the bits they have alone, and runs replay identically',
      verdict: stopped ?? (problems.length > 0 ? 'failed' : 'passed'),
      cases,
      seed,
      detail: [layersOf(asked, subject), ...problems].filter(Boolean).join('\n'),
      measured: { loadSeconds: seconds, deviceBytes: memoryBytes - freeBytes, ...figures },
      ...branches.report(),
    };
  } finally {
    engine.close();
  }
}

/** Every policy with moves in its memory; the same blocks for all, so one engine serves them. */
function worldsOf(requests: World['requests']): World[] {
  const { maxSequences, maxSequenceTokens } = whole;
  return policiesFor(whole).map((policy) => ({
    requests,
    config: {
      policy,
      memory: { kind: 'contiguous', slots: maxSequences, reordering: 'least-bytes' },
      maxSequences,
      maxSequenceTokens,
      planAhead: 1,
    },
  }));
}

/** Opens the model; where memory is too small for all of its layers, as many as fit. */
function openLargest(target: ValidationTarget, asked: TestModel): Opened {
  const limits = limitsFor(aloneConfig(whole), lanes);
  const fewer = Math.max(1, Math.ceil(asked.shape.layers / 12));
  for (let layers = asked.shape.layers; ; layers -= fewer) {
    const subject = { ...asked, shape: { ...asked.shape, layers } };
    const start = performance.now();
    try {
      const engine = target.open({ model: sourceOf(subject), backend: target.backend, limits });
      return { engine, subject, seconds: (performance.now() - start) / 1e3 };
    } catch (error) {
      const small = error instanceof FloverError && error.code === 'out-of-memory';
      if (!small || layers <= fewer) throw error;
    }
  }
}

function layersOf(asked: TestModel, opened: TestModel): string {
  const [all, some] = [asked.shape.layers, opened.shape.layers];
  return all === some ? '' : `${some} of ${all} layers: the device has no room for more`;
}
