import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RunSignal } from '@flover/engine';
import type { CellRun } from '@flover/metrics';
import type { CostModel } from '@flover/simulator';
import { describe, expect, test } from 'vitest';
import { compareCell } from './compare-cell.ts';
import { chooseCostModel } from './cost-model.ts';
import { quietHooks } from './hooks.ts';
import { runExperiment } from './run-experiment.ts';
import { parseExperiment } from './spec/load.ts';

const profile = fileURLToPath(
  new URL('../../../experiments/10-fidelity/profiles/llama-7b.json', import.meta.url),
);
const PROFILE = `{ kind: profile, file: ${profile} }`;
const SHEET = '{ kind: roofline, device: a100-80gb }';

/** Prompts join while others decode; latencies, gaps and notices of the profile are all in play. */
const textWith = (costModel: string, policy: string, arrivals: string) => `name: compared
model: { shape: llama-7b, dataType: f16 }
costModel: ${costModel}
limits: { maxSequences: 8, maxSequenceTokens: 1024 }
policies: [${policy}]
workload:
  kind: synthetic
  requests: 24
  arrivals: ${arrivals}
  prompt: { kind: uniform, minTokens: 1, maxTokens: 700 }
  output: { kind: uniform, minTokens: 1, maxTokens: 60 }
`;
const hooks = quietHooks(new RunSignal());
const out = mkdtempSync(join(tmpdir(), 'flover-compared-'));
let runs = 0;

/** A simulated run, and the cost model behind it. */
async function simulated(text: string): Promise<{ run: CellRun; model: CostModel }> {
  const experiment = parseExperiment('compared.yaml', text);
  const below = `${runs++}`;
  const { cells } = await runExperiment(experiment, ['simulator'], hooks, join(out, below));
  const run = cells[0]!.simulated!;
  const { model } = chooseCostModel(experiment, hooks, out);
  return { run: { ...run, folder: join(below, run.folder) }, model };
}

const POISSON = '{ kind: poisson, requestsPerSecond: 12 }';
const policies = ['temporal-fusion', 'chunked-prefill', 'concurrent-instances'];

test.each(policies)(
  '%s: a world that the prediction knows exactly has no error at all',
  async (policy) => {
    const { run, model } = await simulated(textWith(PROFILE, policy, POISSON));
    const { divergence, iterationErrors, split } = compareCell(out, run, run, model, {});
    expect(divergence!.shareBefore).toBe(1);
    expect(iterationErrors!.all).toMatchObject({ mapePercent: 0, maxPercent: 0 });
    for (const { key, total, costModel } of split!) {
      expect([key, total ?? 0, costModel ?? 0]).toEqual([key, 0, 0]);
    }
  },
);

test('the requests of all tenants are split as those of each are', async () => {
  const part = textWith(PROFILE, 'chunked-prefill', POISSON).split('workload:\n')[1]!;
  const own = (tenant: string) => `    - tenant: ${tenant}\n${part.replaceAll('  ', '      ')}`;
  const mix = (costModel: string) => {
    const [head] = textWith(costModel, 'chunked-prefill', POISSON).split('workload:\n');
    return `${head}workload:\n  kind: mix\n  parts:\n${own('a')}${own('b')}`;
  };
  const ours = await simulated(mix(PROFILE));
  const theirs = await simulated(mix(SHEET));
  const { split, tenantSplits } = compareCell(out, ours.run, theirs.run, ours.model, {});
  expect(tenantSplits!.map(({ tenant }) => tenant)).toEqual(['a', 'b']);
  for (const part of ['simulated', 'replayed', 'real', 'divergence', 'costModel'] as const) {
    const of = (of: NonNullable<typeof split>) => of.find(({ key }) => key === 'e2eMsMean')![part]!;
    // Both tenants send 24 requests, and all are served.
    const mean = tenantSplits!.reduce((sum, each) => sum + of(each.split as never), 0) / 2;
    expect(of(split as never), part).toBeCloseTo(mean, 6);
  }
});

describe('another world', () => {
  test('that decides alike: all error is of the durations', async () => {
    const atOnce = '{ kind: all-at-once }';
    const ours = await simulated(textWith(PROFILE, 'sequential', atOnce));
    const theirs = await simulated(textWith(SHEET, 'sequential', atOnce));
    const compared = compareCell(out, ours.run, theirs.run, ours.model, {});
    expect(compared.divergence).toMatchObject({ shareBefore: 1 });
    const makespan = compared.split!.find(({ key }) => key === 'makespanSeconds')!;
    expect(makespan.total).not.toBe(0);
    expect(makespan.divergence).toBeCloseTo(0, 9);
    expect(makespan.costModel).toBeCloseTo(makespan.total!, 9);
    expect(compared.iterationErrors!.all.mapePercent).toBeGreaterThan(5);
  });

  test('that decides otherwise: the first such iteration is found, and its share of the error', async () => {
    const ours = await simulated(textWith(PROFILE, 'temporal-fusion', POISSON));
    const theirs = await simulated(textWith(SHEET, 'temporal-fusion', POISSON));
    const { divergence, split } = compareCell(out, ours.run, theirs.run, ours.model, {});
    expect(divergence!.shareBefore).toBeLessThan(1);
    expect(divergence!.first!.differences.length).toBeGreaterThan(0);
    expect(divergence!.first!.simulatedNanos).not.toBe(divergence!.first!.realNanos);
    for (const { key, simulated, replayed, real } of split!) {
      expect(simulated).toBe(ours.run.metrics.values[key]);
      expect(real).toBe(theirs.run.metrics.values[key]);
      if (key === 'iterations') expect(replayed).toBe(real);
    }
    const iterations = split!.find(({ key }) => key === 'iterations')!;
    expect(iterations.simulated).not.toBe(iterations.real);
  });
});
