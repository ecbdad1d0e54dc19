import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { RunSignal } from '@flover/engine';
import type { Profile } from '@flover/simulator';
import { expect, test } from 'vitest';
import { chooseCostModel } from './cost-model.ts';
import { quietHooks } from './hooks.ts';
import { readProfile } from './read-profile.ts';
import { parseExperiment } from './spec/load.ts';
import { transferredTo } from './transferred.ts';

/** Measured one after the other on one H100, commit 10036ee: two GPUs of a kind differ by a few per cent. */
const profiles = fileURLToPath(new URL('../test/fixtures/profiles', import.meta.url));
const measured = (model: string) => readProfile(`${profiles}/${model}.json`);

function experimentOf(model: string, costModel: string, ranks = 1) {
  return parseExperiment(
    `${profiles}/some.yaml`,
    `name: some
model: { shape: ${model}, dataType: f16 }
engine: { tensorParallel: ${ranks} }
costModel: ${costModel}
limits: { maxSequences: 32, maxSequenceTokens: 512 }
policies: [temporal-fusion]
workload:
  kind: synthetic
  requests: 1
  arrivals: { kind: all-at-once }
  prompt: { kind: fixed, tokens: 1 }
  output: { kind: fixed, tokens: 1 }
`,
  );
}

/** Values at the knots that both have, as ratios. */
function ratios(one: Profile, other: Profile, of: 'decode' | 'prefill'): number[] {
  return one[of].knots.flatMap((knot, i) => {
    const j = other[of].knots.indexOf(knot);
    return j < 0 ? [] : [one[of].nanos[i]! / other[of].nanos[j]!];
  });
}

// Two LLaMAs measured on one GPU: what is said of the one from the other is not far from its own.
test.each([
  ['llama-7b', 'llama-13b'],
  ['llama-13b', 'llama-7b'],
])('%s says what %s takes', (from, to) => {
  const file = `{ kind: transfer, file: ${from}.json }`;
  const { profile } = transferredTo(experimentOf(to, file), measured(from), undefined);
  const decode = ratios(profile, measured(to), 'decode');
  expect(decode.length).toBeGreaterThan(8);
  for (const ratio of decode) expect(Math.abs(ratio - 1)).toBeLessThan(0.03);
  const prefill = ratios(profile, measured(to), 'prefill');
  expect(prefill.length).toBeGreaterThan(20);
  // Tiles fit one width better than another: single lengths are further off.
  const sizes = prefill.map((ratio) => Math.abs(ratio - 1));
  expect(sizes.reduce((sum, size) => sum + size, 0) / sizes.length).toBeLessThan(0.06);
});

test('a transferred profile says whence, and claims no intervals', () => {
  const choose = (costModel: string) =>
    chooseCostModel(experimentOf('llama-33b', costModel, 2), quietHooks(new RunSignal()), '.');
  const { model, from, profile } = choose('{ kind: transfer, file: llama-13b.json }');
  expect(model.name).toBe('transferred profile');
  expect(from).toMatch(/^llama-13b\.json: llama-13b on NVIDIA H100 80GB HBM3, transferred by data/);
  expect(profile).toBeUndefined();
  expect(choose('{ kind: transfer, file: llama-13b.json, device: h200 }').from).toMatch(
    /on h200 by/,
  );
});

test('a profile is named as the experiment names it, wherever that lies', () => {
  const experiment = experimentOf(
    'llama-13b',
    '{ kind: profile, file: ../profiles/llama-13b.json }',
  );
  const { from } = chooseCostModel(experiment, quietHooks(new RunSignal()), '.');
  expect(from).toBe('../profiles/llama-13b.json');
});

test('a device without a data sheet is refused', () => {
  const experiment = experimentOf('llama-13b', '{ kind: transfer, file: llama-7b.json }');
  const text = readFileSync(`${profiles}/llama-7b.json`, 'utf8');
  const elsewhere = { ...(JSON.parse(text) as Profile), device: 'NVIDIA X' };
  expect(() => transferredTo(experiment, elsewhere, undefined)).toThrow(/"NVIDIA X"; there are of/);
});
