import { join } from 'node:path';
import type { CellRun } from '@flover/metrics';
import { createScheduler } from '@flover/policy';
import { simulate } from '@flover/simulator';
import { type Cell, kvCapacityTokens, requestsOf } from '../cells.ts';
import type { ChosenCostModel } from '../cost-model.ts';
import { guarded, type Hooks } from '../hooks.ts';
import type { LoadedPolicy } from '../policy-file.ts';
import type { Experiment } from '../spec/load.ts';
import { json, manifestOf } from './manifest.ts';
import { openRecording } from './record.ts';

/** Runs one cell in virtual time; leaves a run folder below `out`. */
export function simulateCell(
  experiment: Experiment,
  cell: Cell,
  policy: LoadedPolicy,
  costModel: ChosenCostModel,
  hooks: Hooks,
  out: string,
): CellRun {
  const definition = guarded(policy, cell.label, hooks);
  const scheduler = createScheduler(cell.scheduler, definition);
  const folder = simulatedFolder('', cell);
  const watched = hooks.watch({
    title: `${cell.label}, simulated`,
    requests: requestsOf(cell.workload),
    kvCapacityBytes: kvCapacityTokens(cell.scheduler) * costModel.model.kvBytesPerToken,
  });
  const manifest = manifestOf(experiment, cell, scheduler, hooks, {
    world: 'simulator',
    device: { name: costModel.profile?.device ?? costModel.from },
    backend: { name: 'simulated' },
    costModel: json({ name: costModel.model.name, from: costModel.from }),
  });
  const recording = openRecording(
    experiment,
    cell,
    policy,
    scheduler,
    join(out, folder),
    manifest,
    watched,
  );
  try {
    const { outcome } = simulate({
      scheduler,
      source: recording.source,
      costModel: costModel.model,
      sink: recording.sink,
      signal: abortedBy(hooks),
    });
    return { world: 'simulator', folder, outcome, metrics: recording.finish() };
  } finally {
    recording.close();
  }
}

/** Where below `out` a cell's simulated run is left. */
export function simulatedFolder(out: string, cell: Cell): string {
  return join(out, 'simulator', cell.folder);
}

/** The hooks' signal as the simulator looks at it. */
export function abortedBy({ signal }: Hooks): { readonly aborted: boolean } {
  return {
    get aborted() {
      return signal.cancelled;
    },
  };
}
