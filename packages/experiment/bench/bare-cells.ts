import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunSignal } from '@flover/engine';
import { quietHooks } from '../src/hooks.ts';
import { CellSimulator, loadSweep } from '../src/index.ts';
import { planSweep, type SweepCell } from '../src/sweep/plan.ts';

/** What the cells of a sweep cost by themselves. */
export interface BareCells {
  readonly cells: number;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
}

// Every tenth cell of the sweep, one after the other in one thread, once to warm up: just what a
// thread of the sweep does for each, without the other threads, what is sent between them, and files.
const folder = mkdtempSync(join(tmpdir(), 'flover-bench-'));
const planned = await planSweep(loadSweep(process.argv[2] ?? ''), folder);
const sample = planned.filter((_, index) => index % 10 === 0);
const simulator = new CellSimulator();
const hooks = quietHooks(new RunSignal());
await simulateAll(sample.slice(0, 10));
const cpuBefore = process.cpuUsage();
const wallBefore = performance.now();
await simulateAll(sample);
const cpu = process.cpuUsage(cpuBefore);
const measured: BareCells = {
  cells: sample.length,
  cpuSeconds: (cpu.user + cpu.system) / 1e6,
  wallSeconds: (performance.now() - wallBefore) / 1000,
};
process.stdout.write(JSON.stringify(measured));

async function simulateAll(cells: readonly SweepCell[]): Promise<void> {
  for (const cell of cells) await simulator.simulate(cell, hooks);
}
