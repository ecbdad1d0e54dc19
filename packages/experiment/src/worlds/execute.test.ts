import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunSignal } from '@flover/engine';
import type { TraceSink } from '@flover/trace';
import { expect, test } from 'vitest';
import { quietHooks } from '../hooks.ts';
import { runExperiment } from '../run-experiment.ts';
import { parseExperiment } from '../spec/load.ts';

const text = `name: watched
model: { shape: tiny-llama, dataType: f32 }
engine: { backend: cpu, threads: 1 }
costModel: { kind: roofline, device: cpu }
limits: { maxSequences: 4, maxSequenceTokens: 64 }
policies: [sequential]
workload:
  kind: synthetic
  requests: 3
  arrivals: { kind: constant, intervalMs: 0 }
  prompt: { kind: fixed, tokens: 4 }
  output: { kind: fixed, tokens: 3 }
seeds: [1]
`;

/** Counts what it hears into `heard`. */
function counting(heard: Map<string, number>): TraceSink {
  const count = (kind: string): void => void heard.set(kind, (heard.get(kind) ?? 0) + 1);
  return {
    event: ({ kind }) => count(kind),
    action: ({ kind }) => count(kind),
    measure: ({ kind }) => count(kind),
    close: () => count('close'),
  };
}

test('a run is rehearsed with a sink of its own; who watches hears of the run alone', async () => {
  const watched = new Map<string, number>();
  const rehearsed = new Map<string, number>();
  const hooks = {
    ...quietHooks(new RunSignal()),
    watch: () => counting(watched),
    rehearse: () => counting(rehearsed),
  };
  const out = join(mkdtempSync(join(tmpdir(), 'flover-watched-')), 'out');
  await runExperiment(parseExperiment('watched.yaml', text), ['engine'], hooks, out);
  expect(watched.get('arrive')).toBe(3);
  expect(watched.get('finish')).toBe(3);
  expect(watched.get('close')).toBe(1);
  // As often as 4,000 iterations take, nine a time.
  expect(rehearsed.get('arrive')).toBeGreaterThan(1000);
  expect(rehearsed.get('close')).toBe(Math.ceil(rehearsed.get('arrive')! / 3));
}, 60_000);
