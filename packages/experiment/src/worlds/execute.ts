import { join } from 'node:path';
import { loadAddon, rehearse, runEngine } from '@flover/engine';
import type { CellRun } from '@flover/metrics';
import { createScheduler } from '@flover/policy';
import { kvBytesPerToken } from '@flover/trace';
import { type Cell, kvCapacityTokens, requestsOf } from '../cells.ts';
import type { EngineKeeper } from '../engine-source.ts';
import { guarded, type Hooks } from '../hooks.ts';
import type { LoadedPolicy } from '../policy-file.ts';
import type { LoadedExperiment } from '../spec/load.ts';
import { json, manifestOf } from './manifest.ts';
import { emptyRecording, openRecording } from './record.ts';

/** Runs one cell for real; leaves a run folder below `out`. */
export function executeCell(
  experiment: LoadedExperiment,
  cell: Cell,
  policy: LoadedPolicy,
  keeper: EngineKeeper,
  hooks: Hooks,
  out: string,
): CellRun {
  const definition = guarded(policy, cell.label, hooks);
  const open = () => createScheduler(cell.scheduler, definition);
  const engine = keeper.engineFor(cell.scheduler, open().policy.lanes.length);
  const { shape, dataType } = engine.model;
  const run = {
    title: `${cell.label}, on ${engine.device.name}`,
    requests: requestsOf(cell.workload),
    kvCapacityBytes: kvCapacityTokens(cell.scheduler) * kvBytesPerToken(shape, dataType),
  };
  // Not a user's own: what it does wrong belongs into the record of the run.
  if (policy.source === undefined) {
    rehearse(engine, () => ({
      scheduler: open(),
      ...emptyRecording(experiment, cell, hooks.rehearse(run)),
    }));
  }
  const scheduler = open();
  const folder = join('engine', cell.folder);
  const manifest = manifestOf(experiment, cell, scheduler, hooks, {
    world: 'engine',
    device: json({ ...engine.device }),
    backend: { name: engine.choice.name, reason: engine.choice.reason },
    build: json(loadAddon().build()),
  });
  const recording = openRecording(
    experiment,
    cell,
    policy,
    scheduler,
    join(out, folder),
    manifest,
    hooks.watch(run),
  );
  try {
    const { outcome } = runEngine({
      engine,
      scheduler,
      source: recording.source,
      sink: recording.sink,
      prompts: { seed: cell.seed, replication: cell.replication },
      signal: hooks.signal,
    });
    return { world: 'engine', folder, outcome, metrics: recording.finish() };
  } finally {
    recording.close();
  }
}
