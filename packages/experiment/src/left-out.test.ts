import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunSignal } from '@flover/engine';
import { expect, test } from 'vitest';
import { quietHooks } from './hooks.ts';
import { runExperiment } from './run-experiment.ts';
import { parseExperiment } from './spec/load.ts';

test.each([
  ['a workload', (file: string) => `{ ${file} }`],
  ['a part of a mix', (file: string) => `{ kind: mix, parts: [{ tenant: a, ${file} }] }`],
])('rows that %s leaves out are told of, with the first of them', async (_, workloadOf) => {
  const folder = mkdtempSync(join(tmpdir(), 'flover-left-out-'));
  const path = join(folder, 'burst.csv');
  const rows = ['Timestamp,Request tokens,Response tokens', '0,4,2', '1,4,0', '2,4,2', '3,4,0'];
  writeFileSync(path, rows.join('\n'));
  const experiment = parseExperiment(
    'left-out.yaml',
    `name: left-out
model: { shape: tiny-llama, dataType: f32 }
costModel: { kind: roofline, device: cpu }
limits: { maxSequences: 4, maxSequenceTokens: 64 }
policies: [sequential]
workload: ${workloadOf(`kind: trace, format: burstgpt, path: ${path}, malformed: skip`)}
`,
  );
  const said: string[] = [];
  const hooks = { ...quietHooks(new RunSignal()), say: (text: string) => said.push(text) };
  await runExperiment(experiment, ['simulator'], hooks, join(folder, 'out'));
  expect(said).toContain(
    `${path}: 2 rows are left out; line 3: Response tokens "0" is not at least 1 (the request failed)`,
  );
});
