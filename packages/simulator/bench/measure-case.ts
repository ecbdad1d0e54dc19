import { MetricsCollector } from '@flover/metrics';
import { createScheduler } from '@flover/policy';
import { modelNamed } from '@flover/trace';
import { createSource } from '@flover/workload';
import { deviceNamed, RooflineCostModel, simulate } from '../src/index.ts';
import type { BenchCase } from './cases.ts';

/** The least disturbed run of a case, the median run's time, and the process's peak memory. */
export interface Measured {
  readonly medianCpuSeconds: number;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly requests: number;
  readonly iterations: number;
  readonly peakBytes: number;
}

const bench = JSON.parse(process.argv[2] ?? '') as BenchCase;
for (let i = 0; i < bench.warmups; i++) run();
const runs = Array.from({ length: bench.runs }, run);
runs.sort((a, b) => a.cpuSeconds - b.cpuSeconds);
const medianCpuSeconds = runs[runs.length >> 1].cpuSeconds;
const peakBytes = process.resourceUsage().maxRSS * 1024;
process.stdout.write(JSON.stringify({ ...runs[0], medianCpuSeconds, peakBytes }));

/** All that a user's simulation does: draws the requests, schedules, and computes the metrics. */
function run(): Omit<Measured, 'medianCpuSeconds' | 'peakBytes'> {
  const cpuBefore = process.cpuUsage();
  const wallBefore = performance.now();
  const device = deviceNamed('h100-sxm');
  const model = { device, shape: modelNamed('llama-3-8b'), dataType: 'bf16' } as const;
  const sink = new MetricsCollector();
  const { requests, iterations } = simulate({
    scheduler: createScheduler(bench.scheduler),
    source: createSource(bench.workload, { seed: 1 }),
    costModel: new RooflineCostModel(model),
    sink,
  });
  sink.summary();
  const cpu = process.cpuUsage(cpuBefore);
  const wallSeconds = (performance.now() - wallBefore) / 1000;
  return { cpuSeconds: (cpu.user + cpu.system) / 1e6, wallSeconds, requests, iterations };
}
