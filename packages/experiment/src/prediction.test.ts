import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunSignal } from '@flover/engine';
import type { CellRun } from '@flover/metrics';
import { expect, test } from 'vitest';
import { quietHooks } from './hooks.ts';
import { runExperiment } from './run-experiment.ts';
import { parseExperiment } from './spec/load.ts';

const text = `name: predicted
model: { shape: tiny-llama, dataType: f32 }
engine: { backend: cpu, threads: 1 }
limits: { maxSequences: 3, maxSequenceTokens: 40 }
policies: [temporal-fusion]
workload:
  kind: synthetic
  requests: 12
  arrivals: { kind: poisson, requestsPerSecond: 300 }
  prompt: { kind: uniform, minTokens: 1, maxTokens: 12 }
  output: { kind: uniform, minTokens: 2, maxTokens: 20 }
`;
const hooks = quietHooks(new RunSignal());
const temporary = () => mkdtempSync(join(tmpdir(), 'flover-prediction-'));

test('with a measured profile every predicted metric has its interval, and coverage is told', async () => {
  const experiment = parseExperiment('predicted.yaml', text);
  const comparison = await runExperiment(experiment, ['simulator', 'engine'], hooks, temporary());
  const { simulated, split } = comparison.cells[0]!;
  for (const { key, interval } of split!) {
    if (simulated!.metrics.values[key] === null) continue;
    expect(interval, key).toEqual(simulated!.intervals?.[key]);
    expect(interval!.level).toBe(0.9);
    expect(interval!.high).toBeGreaterThanOrEqual(interval!.low);
  }
  const tpot = simulated!.intervals!.tpotMsMean!;
  expect(tpot.high).toBeGreaterThan(tpot.low);
  expect(comparison.coverage!.level).toBeCloseTo(0.9, 9);
  expect(comparison.coverage!.predicted).toBeGreaterThan(30);
});

test('each tenant has intervals of its own, which hold what is predicted of it', async () => {
  const part = text.slice(text.indexOf('  kind: synthetic')).replaceAll('\n  ', '\n      ').trim();
  const parts = ['a', 'b'].map((tenant) => `    - tenant: ${tenant}\n      ${part}\n`).join('');
  const mix = `${text.slice(0, text.indexOf('workload:'))}workload:\n  kind: mix\n  parts:\n${parts}`;
  const experiment = parseExperiment('mix.yaml', mix);
  const comparison = await runExperiment(experiment, ['simulator', 'engine'], hooks, temporary());
  const { simulated, real, replay, tenantSplits } = comparison.cells[0]!;
  expect(replay!.identical).toBe(true);
  expect(comparison.tenantCoverage!.map(({ tenant }) => tenant)).toEqual(['a', 'b']);
  expect(tenantSplits!.map(({ tenant }) => tenant)).toEqual(['a', 'b']);
  expect(simulated!.tenantIntervals!.map(({ tenant }) => tenant)).toEqual(['a', 'b']);
  for (const { tenant, intervals } of simulated!.tenantIntervals!) {
    expect(intervals.tpotMsMean!.high).toBeGreaterThan(intervals.tpotMsMean!.low);
    const ofIt = ({ metrics }: CellRun) =>
      metrics.tenants!.find((each) => each.tenant === tenant)!.values;
    const [told, measured] = [ofIt(simulated!), ofIt(real!)];
    expect(told.requestsServed).toBe(12);
    expect(measured.serviceTokens).toBe(told.serviceTokens);
    const { split } = tenantSplits!.find((each) => each.tenant === tenant)!;
    const e2e = split.find(({ key }) => key === 'e2eMsMean')!;
    expect(e2e).toMatchObject({ simulated: told.e2eMsMean, real: measured.e2eMsMean });
    expect(e2e.interval).toEqual(intervals.e2eMsMean);
    expect(e2e.divergence! + e2e.costModel!).toBeCloseTo(e2e.total!, 9);
    // The same requests get the same tokens, whatever they take.
    expect(split.find(({ key }) => key === 'serviceTokens')).toMatchObject({ total: 0 });
  }
});

test('real runs made earlier are compared with another prediction, and nothing is executed', async () => {
  const experiment = parseExperiment('predicted.yaml', text);
  const [first, out] = [temporary(), temporary()];
  const ran = await runExperiment(experiment, ['engine'], hooks, first);
  const sheet = text.replace('policies:', 'costModel: { kind: roofline, device: cpu }\npolicies:');
  const worlds = ['simulator', 'engine'] as const;
  const other = parseExperiment('predicted.yaml', sheet);
  const compared = await runExperiment(other, worlds, hooks, out, first);
  expect(compared.cells[0]!.real).toEqual(ran.cells[0]!.real);
  expect(compared.cells[0]!.replay).toEqual(ran.cells[0]!.replay);
  expect(compared.cells[0]!.split!.length).toBeGreaterThan(30);
  expect(compared.engine).toEqual(ran.engine);
  const wider = parseExperiment('predicted.yaml', sheet.replace('Sequences: 3', 'Sequences: 2'));
  await expect(runExperiment(wider, worlds, hooks, temporary(), first)).rejects.toThrow(
    /ran with the scheduler .*"maxSequences":3.* the experiment says .*"maxSequences":2/,
  );
  await expect(runExperiment(other, worlds, hooks, temporary(), `${out}-not`)).rejects.toThrow(
    /there is no .*comparison\.json/,
  );
});

test('a data sheet alone knows no error of its own: there are no intervals', async () => {
  const sheet = text.replace('policies:', 'costModel: { kind: roofline, device: cpu }\npolicies:');
  const experiment = parseExperiment('predicted.yaml', sheet);
  const comparison = await runExperiment(experiment, ['simulator'], hooks, temporary());
  expect(comparison.cells[0]!.simulated!.intervals).toBeUndefined();
  expect(comparison.coverage).toBeUndefined();
});
