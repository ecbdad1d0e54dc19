import type { SchedulerConfig } from '@flover/policy';
import type { ModelShape, TraceRecord } from '@flover/trace';
import type { WorkloadRequest } from '@flover/workload';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SequenceOutput } from '../src/run/book.ts';
import { openCpu, runRequests } from './run-requests.ts';
import {
  configArbitrary,
  lanes,
  maxSequences,
  maxSequenceTokens,
  requestsArbitrary,
  shapes,
} from './worlds.ts';

/** One request after the other, each in a slot of its own, on one thread: no company at all. */
const alone: SchedulerConfig = {
  policy: { name: 'sequential', parameters: {} },
  memory: { kind: 'slots', slots: maxSequences },
  maxSequences,
  maxSequenceTokens,
  planAhead: 0,
};

/** What the worlds have shown so far; a property over worlds in which nothing happens proves nothing. */
const seen = new Set<string>();

function note(config: SchedulerConfig, records: readonly TraceRecord[]): void {
  seen.add(config.policy.name);
  for (const entry of records) {
    if (entry.kind !== 'action') continue;
    const { action } = entry;
    if (action.kind === 'preempt') seen.add(action.by);
    if (action.kind !== 'launch') continue;
    const { work } = action;
    if (work.moves.length > 0 && config.memory.kind === 'contiguous') {
      seen.add(`moves, ${config.memory.reordering}`);
    }
    if (work.deadRows > 0) seen.add('dead rows');
    if (work.forks.length > 0) seen.add('forks');
    if (work.swaps.some((swap) => swap.direction === 'in')) seen.add('swaps in');
    if (new Set(work.flags).size > 1) seen.add('mixed work');
    if (work.sequences.length >= 4) seen.add('four in company');
  }
}

type Outputs = ReadonlyMap<number, readonly SequenceOutput[]>;

function run(
  shape: ModelShape,
  dataType: 'f32' | 'f16' | 'bf16',
  config: SchedulerConfig,
  requests: readonly WorkloadRequest[],
): Outputs {
  const threads = config === alone ? 1 : 2;
  const engine = openCpu({ kind: 'synthetic', shape, dataType, seed: 11 }, config, lanes, threads);
  try {
    const { outputs, sink } = runRequests(engine, config, requests);
    if (config !== alone) note(config, sink.records);
    return outputs;
  } finally {
    engine.close();
  }
}

/** Exact: log-probabilities by their bits. */
function bitsOf(outputs: Outputs): unknown {
  return [...outputs.entries()]
    .sort(([a], [b]) => a - b)
    .map(([id, sequences]) => ({
      id,
      sequences: sequences.map(({ tokens, logProbs, score }) => ({
        tokens: tokens.join(),
        logProbs: Buffer.from(new Float32Array(logProbs).buffer).toString('hex'),
        score,
      })),
    }));
}

function expectSameBits(
  shape: ModelShape,
  dataType: 'f32' | 'f16' | 'bf16',
  config: SchedulerConfig,
  requests: readonly WorkloadRequest[],
): void {
  const fused = run(shape, dataType, config, requests);
  const served = requests.filter((request) => fused.has(request.id));
  const single = run(shape, dataType, alone, served);
  expect(bitsOf(fused), JSON.stringify({ config, requests })).toEqual(bitsOf(single));
}

describe.each(shapes.map((shape) => [shape.name, shape] as const))('%s', (_, shape) => {
  test.each([
    ['f32', 60],
    ['bf16', 20],
    ['f16', 20],
  ] as const)('%s: a request has the same bits alone and in any company', (dataType, numRuns) => {
    fc.assert(
      fc.property(configArbitrary, requestsArbitrary(false), (config, requests) => {
        expectSameBits(shape, dataType, config, requests);
      }),
      { numRuns },
    );
  });
});

const wanted = [
  'temporal-fusion',
  'sequential',
  'static-batching',
  'dynamic-batching',
  'concurrent-instances',
  'continuous-batching',
  'chunked-prefill',
  'swap',
  'recompute',
  'swaps in',
  'moves, flover',
  'moves, least-bytes',
  'dead rows',
  'forks',
  'mixed work',
  'four in company',
];

test('the worlds held all that could have changed a bit', () => {
  // What is rare may not have come up above, since arrivals are in real time: go on until it has.
  const more = fc.sample(fc.tuple(configArbitrary, requestsArbitrary(false)), 3000);
  for (const [config, requests] of more) {
    if (wanted.every((what) => seen.has(what))) break;
    expectSameBits(shapes[0]!, 'f32', config, requests);
  }
  expect([...seen]).toEqual(expect.arrayContaining(wanted));
});
