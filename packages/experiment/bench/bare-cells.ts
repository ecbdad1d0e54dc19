import { MetricsCollector } from '@flover/metrics';
import { createScheduler } from '@flover/policy';
import { deviceNamed, RooflineCostModel, simulate } from '@flover/simulator';
import { modelNamed } from '@flover/trace';
import { createSource } from '@flover/workload';
import { cellsOf, loadSweep } from '../src/index.ts';

/** What the cells of a sweep cost by themselves. */
export interface BareCells {
  readonly cells: number;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
}

// Every tenth cell of the sweep, one after the other in one thread, once to warm up: the requests,
// the simulation and its metrics, and nothing else.
const { settings } = loadSweep(process.argv[2] ?? '');
const cells = settings.flatMap(({ experiment }) => cellsOf(experiment));
const sample = cells.filter((_, index) => index % 10 === 0);
const costModel = new RooflineCostModel({
  device: deviceNamed('h100-sxm'),
  shape: modelNamed('llama-3-8b'),
  dataType: 'bf16',
});
for (const cell of sample.slice(0, 10)) simulateBare(cell);
const cpuBefore = process.cpuUsage();
const wallBefore = performance.now();
for (const cell of sample) simulateBare(cell);
const cpu = process.cpuUsage(cpuBefore);
const measured: BareCells = {
  cells: sample.length,
  cpuSeconds: (cpu.user + cpu.system) / 1e6,
  wallSeconds: (performance.now() - wallBefore) / 1000,
};
process.stdout.write(JSON.stringify(measured));

function simulateBare({ scheduler, workload, seed, replication }: (typeof cells)[number]): void {
  const sink = new MetricsCollector();
  const source = createSource(workload, { seed, replication });
  simulate({ scheduler: createScheduler(scheduler), source, costModel, sink });
  sink.summary();
}
