import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CATALOG,
  estimateMetrics,
  MetricsCollector,
  type MetricValues,
  type Sweep,
} from '@flover/metrics';
import {
  createRunFolder,
  type Manifest,
  playTrace,
  type TraceRecord,
  traceWriter,
  writeJson,
} from '@flover/trace';
import { tinyReport } from './tiny-comparison.ts';
import { tinyPublished, withIntervals } from './tiny-data.ts';
import { type TinyRun, tinyTrace } from './tiny-run.ts';

const README = `# Is the site right?

## Question

Does every page **say** what its data say?

\`\`\`sh
flover compare experiments/01-tiny/experiment.yaml    # a command of more words than a line of a telephone has

flover report experiments/01-tiny
\`\`\`

## Results

A [link](../../docs/nowhere.md) into the repository.

## What went wrong

Nothing & nobody.
`;

const RESULTS = 'results/a-processor/20260102-030405-0123abcd';

/** Folders with a result of every kind, and one file that cannot be read; gives their parent. */
export function tinyResults(): string {
  const root = mkdtempSync(join(tmpdir(), 'flover-site-'));
  comparisons(join(root, 'experiments/01-tiny'));
  sweep(join(root, 'experiments/02-sweep'));
  validation(join(root, 'experiments/03-checks', RESULTS));
  writeRun(join(root, 'alone/engine/temporal-fusion-seed-1'), {}, { world: 'engine' });
  return root;
}

/** One experiment of two comparisons that differ in their number of requests. */
function comparisons(home: string): void {
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'README.md'), README);
  writeFileSync(join(home, 'experiment.yaml'), 'name: tiny\n');
  for (const requests of [3, 6]) {
    const folder = join(home, RESULTS, `tiny-${requests}`);
    const workload = { kind: 'synthetic', requests };
    const commit = { id: 'unknown', dirty: false };
    const report = tinyReport({ name: `tiny-${requests}`, workload, commit });
    const comparison = withIntervals(report.comparison, 1.1);
    mkdirSync(folder, { recursive: true });
    writeJson(join(folder, 'comparison.json'), comparison);
    for (const { label, simulated, real } of comparison.cells) {
      const slots = label === 'sequential' ? 1 : 2;
      const unitNanos = 0.9e6;
      writeRun(
        join(folder, simulated!.folder),
        { slots, unitNanos },
        { world: 'simulator', label },
      );
      writeRun(join(folder, real!.folder), { slots }, { world: 'engine', label });
    }
  }
  writeFileSync(join(home, 'results', 'broken.json'), '{"format":');
  writeJson(join(home, 'results', 'published-comparison.json'), tinyPublished());
}

/** Writes the folder of a tiny run. */
export function writeRun(
  folder: string,
  run: Partial<TinyRun>,
  { world, label = 'temporal-fusion' }: { world: Manifest['world']; label?: string },
): void {
  const records = tinyTrace({ ...run, world });
  const { tracePath, metricsPath } = createRunFolder(folder, manifest(world, label));
  const [header, ...rest] = records as [Extract<TraceRecord, { kind: 'header' }>, ...TraceRecord[]];
  playTrace(rest, traceWriter(tracePath, header));
  const collector = new MetricsCollector();
  playTrace(records, collector);
  writeJson(metricsPath, collector.summary());
}

function manifest(world: Manifest['world'], name: string): Manifest {
  return {
    format: 'flover-run',
    version: 1,
    world,
    createdAt: '2026-01-02T03:04:05.678Z',
    commit: { id: '0123456789abcdef', dirty: false },
    device: { name: 'A processor' },
    backend: { name: world === 'engine' ? 'cpu' : 'simulated' },
    node: 'v20.20.0',
    seed: 1,
    replication: 0,
    policy: { name, parameters: {} },
    oracle: false,
    memory: { kind: 'contiguous', slots: 2 },
    model: { name: 'tiny-model', dataType: 'f32' },
    workload: { kind: 'synthetic', requests: 3 },
    commandLine: ['compare', 'experiment.yaml'],
  };
}

function sweep(home: string): void {
  mkdirSync(join(home, 'results'), { recursive: true });
  writeFileSync(join(home, 'sweep.yaml'), 'name: tiny-sweep\n');
  writeJson(join(home, 'results', 'sweep.json'), tinySweep());
}

/** Two policies at three loads and two memories, three seeds each. */
export function tinySweep(): Sweep {
  const labels = ['temporal-fusion', 'sequential'];
  const loads = [1, 4, 16];
  const nothing = Object.fromEntries(CATALOG.map(({ key }) => [key, null]));
  const metrics = (load: number, policy: number) =>
    estimateMetrics(
      [0.9, 1, 1.1].map((noise): MetricValues => {
        const values = {
          generatedTokensPerSecond: (100 * load * noise) / (1 + policy),
          e2eMsP50: 10 * load * noise * (1 + policy),
          ttftMsP99: 5 * load * noise,
        };
        return { ...nothing, ...values } as MetricValues;
      }),
    );
  const points = ['slots', 'paged'].flatMap((kind) =>
    loads.flatMap((load) =>
      labels.map((label, policy) => ({
        axes: { 'memory.kind': kind, 'workload.arrivals.requestsPerSecond': load },
        ...{ label, done: 3, failed: 0, metrics: metrics(load, policy) },
      })),
    ),
  );
  return {
    format: 'flover-sweep',
    version: 1,
    name: 'tiny-sweep',
    question: 'How does latency grow with load?',
    createdAt: '2026-01-02T03:04:05.678Z',
    commit: { id: '0123456789abcdef', dirty: false },
    axes: [
      { key: 'memory.kind', values: ['slots', 'paged'] },
      { key: 'workload.arrivals.requestsPerSecond', values: loads },
    ],
    labels,
    seeds: [1, 2, 3],
    costModels: [{ name: 'roofline', from: 'data sheet of a processor' }],
    experiment: {},
    outcome: 'complete',
    cells: { total: 36, done: 36, failed: 0 },
    points,
    failures: [],
  };
}

function validation(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeJson(join(folder, 'validation.json'), tinyValidation());
}

/** Three checks of two kinds, one of which failed. */
export function tinyValidation() {
  const check = (name: string, subject: string, cases: number, verdict: string) => ({
    ...{ check: name, subject, cases, verdict, seed: 1, seconds: 0.5 },
    ...{ claim: `${name} holds`, detail: verdict === 'passed' ? '' : 'request 3 differs' },
  });
  return {
    format: 'flover-validation',
    version: 1,
    createdAt: '2026-01-02T03:04:05.678Z',
    commit: { id: '0123456789abcdef', dirty: false },
    device: { name: 'A processor' },
    seed: 1,
    holds: false,
    checks: [
      check('bits', 'tiny-llama f32', 20, 'passed'),
      check('bits', 'tiny-llama f16', 20, 'failed'),
      check('leaks', 'tiny-llama f32', 10_000, 'passed'),
    ],
  } as const;
}
