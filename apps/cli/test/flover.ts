import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bundle = fileURLToPath(new URL('../dist/flover.mjs', import.meta.url));

/** What a process left behind. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the built command line. */
export function start(...words: string[]): { process: ChildProcess; finished: Promise<Finished> } {
  const child = spawn(process.execPath, [bundle, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A test that gives up must not leave a process behind.
    timeout: 50_000,
    killSignal: 'SIGKILL',
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (part) => {
    text.stdout += part;
  });
  child.stderr.on('data', (part) => {
    text.stderr += part;
  });
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code) => resolve({ code, ...text }));
  });
  return { process: child, finished };
}

/** Runs the built command line to its end. */
export const flover = (...words: string[]) => start(...words).finished;

/** A folder of the test's own. */
export const temporaryFolder = () => mkdtempSync(join(tmpdir(), 'flover-test-'));

/** Writes a file into a folder and gives its path. */
export function written(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** A small experiment on a tiny model; `replace` changes lines of it. */
export function experimentFile(folder: string, ...replace: (readonly [string, string])[]): string {
  const text = replace.reduce((all, [from, to]) => all.replace(from, to), EXPERIMENT);
  return written(folder, 'experiment.yaml', text);
}

const EXPERIMENT = `name: tiny
model: { shape: tiny-llama, dataType: f32 }
engine: { backend: cpu }
costModel: { kind: roofline, device: cpu }
limits: { maxSequences: 4, maxSequenceTokens: 64 }
memory: { kind: contiguous, reordering: flover }
policies: [temporal-fusion, continuous-batching]
workload:
  kind: synthetic
  requests: 12
  arrivals: { kind: poisson, meanIntervalMs: 1 }
  prompt: { kind: uniform, minTokens: 2, maxTokens: 8 }
  output: { kind: uniform, minTokens: 4, maxTokens: 40 }
`;
