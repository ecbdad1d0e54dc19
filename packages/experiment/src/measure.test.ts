import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunSignal } from '@flover/engine';
import { expect, test } from 'vitest';
import { chooseCostModel } from './cost-model.ts';
import { quietHooks } from './hooks.ts';
import { profileExperiment } from './measure.ts';
import { readMeasuredWorks } from './measured-works.ts';
import { parseExperiment } from './spec/load.ts';

const experiment = parseExperiment(
  'small.yaml',
  `name: small
model: { shape: tiny-llama, dataType: f32 }
engine: { backend: cpu, threads: 1 }
limits: { maxSequences: 3, maxSequenceTokens: 40 }
policies: [temporal-fusion]
workload:
  kind: synthetic
  requests: 1
  arrivals: { kind: all-at-once }
  prompt: { kind: fixed, tokens: 1 }
  output: { kind: fixed, tokens: 1 }
`,
);
const hooks = quietHooks(new RunSignal());

test('what was kept is fitted again to the same profile, without an engine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flover-profile-'));
  const [first, again] = ['first.json', 'again.json'].map((name) => join(folder, name));
  profileExperiment({ experiment, out: first!, keep: folder }, hooks);
  profileExperiment({ from: folder, out: again! }, hooks);
  expect(readFileSync(again!, 'utf8')).toBe(readFileSync(first!, 'utf8'));
  const { works, subject } = readMeasuredWorks(folder);
  expect(new Set(works.map((work) => work.run))).toEqual(new Set(subject.runs));
  expect(works.every((work) => (work.heardNanos ?? 0) >= work.measure.endNanos)).toBe(true);
});

const HEAD = `${JSON.stringify({
  format: 'flover-measured-works',
  version: 1,
  device: 'd',
  model: 'm',
  dataType: 'f32',
  worldSize: 1,
  runs: [],
  kvBytesPerToken: 1,
})}\n`;
const WORK = `"work":{"id":0,"deadRows":0,"decodeKvTokens":0,"flags":[],"from":[],"to":[],"moves":[],"forks":[],"swaps":[]}`;

test.each([
  ['{"format":"flover-run"}', /works\.jsonl:1 does not begin/],
  [HEAD.replace('"d"', 'null'), /works\.jsonl:1: device is null; allowed: a text/],
  [`${HEAD}{"work":`, /works\.jsonl:2 is no JSON/],
  [`${HEAD}{"work":{}}`, /works\.jsonl:2 has no work/],
  [`${HEAD}{"work":{"id":0},"measure":{}}`, /:2: work\.deadRows is missing; allowed: a number/],
  [`${HEAD}{${WORK.replace('[]', '1')},"measure":{}}`, /:2: work\.flags is 1; allowed: a list/],
  [`${HEAD}{${WORK},"measure":{"lane":-1}}`, /:2: measure\.lane is -1; allowed: a number of at/],
])('a broken file of works is answered with the line: %s', (text, message) => {
  const folder = mkdtempSync(join(tmpdir(), 'flover-profile-'));
  writeFileSync(join(folder, 'works.jsonl'), text);
  expect(() => readMeasuredWorks(folder)).toThrow(message);
  expect(() => readMeasuredWorks(join(folder, 'nowhere'))).toThrow(/cannot read/);
});

test('a profile of another model or world is refused, with both', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flover-profile-'));
  const file = join(folder, 'profile.json');
  profileExperiment({ experiment, out: file }, hooks);
  const costModel = { kind: 'profile', file } as const;
  const choose = (engine: Partial<typeof experiment.spec.engine>, model = experiment.spec.model) =>
    chooseCostModel(
      {
        ...experiment,
        spec: {
          ...experiment.spec,
          costModel,
          model,
          engine: { ...experiment.spec.engine, ...engine },
        },
      },
      hooks,
      folder,
    );
  expect(choose({}).from).toBe(file);
  expect(() => choose({ tensorParallel: 2 })).toThrow(/on 1 rank; the experiment .* on 2 ranks/);
  const other = { ...experiment.spec.model, shape: 'tiny-gptj' };
  expect(() => choose({}, other)).toThrow(/tiny-llama f32 .* runs tiny-gptj f32/);
});

test('a profile of two ranks says how they were joined, and serves only such', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flover-profile-'));
  const file = join(folder, 'profile.json');
  const costModel = { kind: 'profile', file } as const;
  const on = (engine: Partial<typeof experiment.spec.engine>) => ({
    ...experiment,
    spec: { ...experiment.spec, costModel, engine: { ...experiment.spec.engine, ...engine } },
  });
  const { summary } = profileExperiment(
    { experiment: on({ tensorParallel: 2 }), out: file },
    hooks,
  );
  expect(summary).toMatch(/tiny-llama f32 on .*, 2 ranks \(one-shot\); what the fit leaves/);
  const choose = (engine: Parameters<typeof on>[0]) => chooseCostModel(on(engine), hooks, folder);
  expect(choose({ tensorParallel: 2 }).profile).toMatchObject({
    worldSize: 2,
    collective: 'one-shot',
  });
  expect(choose({ tensorParallel: 2, devices: [0, 1] }).from).toBe(file);
  const refused = (engine: Parameters<typeof on>[0], runs: RegExp) =>
    expect(() => choose(engine)).toThrow(runs);
  refused({}, /measured for tiny-llama f32 on 2 ranks \(one-shot\); .* on 1 rank$/);
  refused({ tensorParallel: 4 }, /runs tiny-llama f32 on 4 ranks/);
  refused({ tensorParallel: 2, collective: 'nccl' }, /on 2 ranks \(nccl\)/);
  const shared: Parameters<typeof on>[0] = {
    backend: 'cuda',
    tensorParallel: 2,
    devices: [1, 1],
  };
  refused(shared, /2 ranks \(one-shot, 2 on a device\)/);
});

test('ranks that the engine cannot have are answered with the line that asked for them', () => {
  const engine = { ...experiment.spec.engine, tensorParallel: 2, collective: 'nccl' } as const;
  const asked = { ...experiment, spec: { ...experiment.spec, engine } };
  const out = join(mkdtempSync(join(tmpdir(), 'flover-profile-')), 'profile.json');
  expect(() => profileExperiment({ experiment: asked, out }, hooks)).toThrow(
    /^small\.yaml:3:.*engine.*the cpu backend/,
  );
});

test('of a profile that was cancelled the measured works are kept, and can be fitted', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flover-profile-'));
  const out = join(folder, 'profile.json');
  const signal = new RunSignal();
  const say = (text: string) => {
    if (text.includes('beside')) signal.cancel();
  };
  const cancelled = () =>
    profileExperiment({ experiment, out, keep: folder }, { ...quietHooks(signal), say });
  expect(cancelled).toThrow(
    expect.objectContaining({
      code: 'profile-cancelled',
      hint: expect.stringContaining(`--from ${folder}`),
    }),
  );
  const { summary } = profileExperiment({ from: folder, out }, hooks);
  expect(summary).toMatch(/decode +\d{2,} samples/);
});

test('a profile that was cut off says how to have it whole', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'flover-profile-')), 'profile.json');
  writeFileSync(file, '{"format":"flover-profile",');
  const costModel = { kind: 'profile', file } as const;
  const asked = { ...experiment, spec: { ...experiment.spec, costModel } };
  expect(() => chooseCostModel(asked, hooks, '.')).toThrow(
    expect.objectContaining({
      code: 'profile-invalid',
      message: expect.stringMatching(/profile\.json is no JSON/),
      hint: expect.stringContaining('flover profile'),
    }),
  );
});
