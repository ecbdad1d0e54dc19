import type { SchedulerConfig } from '@flover/policy';
import type { WorkloadRequest } from '@flover/workload';
import fc from 'fast-check';
import type { Engine } from '../engine.ts';
import { crowd } from './extent.ts';
import { Branches, type CheckResult } from './result.ts';
import { serve } from './serve.ts';
import { nameOf, type TestModel, type ValidationTarget, withEngine } from './target.ts';
import { requestsArbitrary } from './worlds.ts';

/** The same requests this many times; the first round may fill caches, the others must hold nothing. */
const ROUNDS = 4;

/**
 * What may be gone after the last round. On a device the allocator's own grain; for the process, whose
 * heap and threads' stacks are never quite still, more.
 */
const ALLOWED_BYTES = { cuda: 2 ** 21, cpu: 2 ** 26 } as const;

const config: SchedulerConfig = {
  policy: { name: 'temporal-fusion', parameters: { prefillLanes: 2, preemption: 'swap' } },
  memory: { kind: 'paged', blocks: 240, blockTokens: 8, hostBlocks: 240 },
  maxSequences: crowd.maxSequences,
  maxSequenceTokens: crowd.maxSequenceTokens,
  planAhead: 1,
};

/** Requests with random lengths, cancels and stops leave memory where it was, and no sequence alive. */
export function checkLeaks(
  target: ValidationTarget,
  subject: TestModel,
  requests: number,
  seed: number,
): CheckResult {
  const branches = new Branches(['stop', 'length', 'cancelled']);
  const each = Math.max(1, Math.ceil(requests / ROUNDS));
  const batch = batchOf(each, seed);
  const base = {
    check: 'leaks',
    subject: nameOf(subject),
    claim: 'requests of random lengths, cancels and stops leave memory where it was',
    seed,
  };
  let served = 0;
  const used = usedBytesOf(target);
  const problem = withEngine(target, subject, config, (engine) => {
    let settled = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const { sink, summary } = serve(engine, config, batch, target.signal);
      if (target.signal?.cancelled) return undefined;
      served += summary.requests;
      for (const record of sink.records) {
        if (record.kind !== 'action' || record.action.kind !== 'finish') continue;
        branches.add([record.action.reason]);
      }
      const alive = aliveSequences(engine);
      if (alive) return { wrong: alive, text: '' };
      if (round === 0) settled = used(engine);
    }
    const grown = used(engine) - settled;
    const allowed = ALLOWED_BYTES[target.backend];
    const text = `memory changed by ${grown} bytes between rounds 1 and ${ROUNDS}, allowed ${allowed}`;
    return { wrong: grown > allowed ? text : undefined, text };
  });
  const told = { ...base, cases: served, ...branches.report() };
  if (problem === undefined) return { ...told, verdict: 'interrupted', detail: '' };
  if (problem.wrong) return { ...told, verdict: 'failed', detail: problem.wrong };
  return { ...told, verdict: 'passed', detail: problem.text };
}

/** Requests of a crowd with cancels, as many as asked for. */
function batchOf(count: number, seed: number): readonly WorkloadRequest[] {
  const extent = { ...crowd, requests: { min: count, max: count } };
  const [requests] = fc.sample(requestsArbitrary(extent, true), { seed, numRuns: 1 });
  return requests!;
}

/** A device's own count; for the CPU what the process holds outside JavaScript's heap. */
function usedBytesOf({ backend }: ValidationTarget): (engine: Engine) => number {
  if (backend === 'cpu') {
    return () => {
      const { rss, heapTotal, external } = process.memoryUsage();
      return rss - heapTotal - external;
    };
  }
  return ({ native }) => {
    const { memoryBytes, freeBytes } = native.device();
    return memoryBytes - freeBytes;
  };
}

/** There is room for as many sequences as ever, under every id; else the engine's own words. */
function aliveSequences({ native, limits }: Engine): string | undefined {
  const ids = Array.from({ length: limits.maxSequences }, (_, id) => id);
  const added: number[] = [];
  try {
    for (const id of ids) {
      const group = { groupFirst: id, groupIndex: 0, groupWidth: 1, group: 'single' as const };
      native.add({ id, ...group, prompt: Int32Array.of(1), maxOutputTokens: 1 });
      added.push(id);
    }
    return undefined;
  } catch (error) {
    return `a sequence is still alive after the last request: ${(error as Error).message}`;
  } finally {
    for (const id of added) native.release(id);
  }
}
