import {
  type CellComparison,
  type Comparison,
  compareLaunches,
  iterationErrors,
  MetricsCollector,
  requestErrors,
  splitErrors,
} from '@flover/metrics';
import { playTrace, type TraceRecord } from '@flover/trace';
import type { ReportData } from '../data/report-data.ts';
import { runDetail } from '../data/run-detail.ts';
import { signsAmong } from '../facts/signs.ts';
import { tinyTrace } from './tiny-run.ts';

function collect(records: readonly TraceRecord[]): MetricsCollector {
  const collector = new MetricsCollector();
  playTrace(records, collector);
  return collector;
}

function cell(label: string, slots: number, runs: ReportData['runs']): CellComparison {
  const real = tinyTrace({ world: 'engine', slots });
  const simulated = tinyTrace({ world: 'simulator', slots, unitNanos: 0.9e6 });
  const replayed = tinyTrace({ world: 'simulator', slots, unitNanos: 0.95e6 });
  const [ours, theirs, between] = [collect(simulated), collect(real), collect(replayed)];
  const run = (world: 'simulator' | 'engine', records: TraceRecord[], from: MetricsCollector) => {
    const folder = `${world}/${label}`;
    (runs as Record<string, unknown>)[folder] = runDetail(records);
    return { world, folder, outcome: 'complete', metrics: from.summary() } as const;
  };
  const values = [ours, between, theirs].map((collector) => collector.summary().values);
  return {
    label,
    seed: 1,
    policy: { name: label, parameters: {}, oracle: false },
    memory: { kind: 'contiguous', slots, reordering: 'flover' },
    simulated: run('simulator', simulated, ours),
    real: run('engine', real, theirs),
    replay: {
      ...{ label, folder: `engine/${label}`, identical: true, cutOff: false },
      ...{ events: 10, actions: 17, launches: 7 },
    },
    divergence: compareLaunches(simulated, real),
    iterationErrors: iterationErrors(replayed, real),
    requestErrors: requestErrors(ours.requestMetrics(), theirs.requestMetrics()),
    split: splitErrors(values[0]!, values[1]!, values[2]!).map(({ metric, ...split }) => ({
      ...split,
      key: metric.key as keyof (typeof values)[0],
    })),
  };
}

/** Two policies in both worlds; the simulator's iterations take 90 % of the engine's. */
export function tinyReport(change: Partial<Comparison> = {}): ReportData {
  const runs: ReportData['runs'] = {};
  const comparison: Comparison = {
    format: 'flover-comparison',
    version: 1,
    name: 'tiny',
    question: 'Is the page right?',
    createdAt: '2026-01-02T03:04:05.678Z',
    commit: { id: '0123456789abcdef', dirty: false },
    model: { name: 'tiny-model', dataType: 'f32', parameters: 1000, weights: 'synthetic' },
    engine: { backend: 'cpu', device: 'A processor', reason: 'cpu was asked for' },
    costModel: { name: 'profile', from: 'measured before the runs' },
    limits: { maxSequences: 2 },
    workload: { kind: 'synthetic', requests: 3 },
    seeds: [1],
    outcome: 'complete',
    cells: [cell('temporal-fusion', 2, runs), cell('sequential', 1, runs)],
    ...change,
  };
  return { comparison, runs, signs: signsAmong([]) };
}
