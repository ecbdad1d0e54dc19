import type { Scheduler } from '@flover/policy';
import type { Manifest } from '@flover/trace';
import type { Cell } from '../cells.ts';
import { modelOf } from '../engine-source.ts';
import type { Hooks } from '../hooks.ts';
import { sourceCommit } from '../provenance.ts';
import type { Experiment } from '../spec/load.ts';
import type { EngineSpec } from '../spec/model-schema.ts';

type WorldPart = Pick<Manifest, 'world' | 'device' | 'backend' | 'build' | 'costModel'>;

/** The manifest of a cell's run; `world` holds what differs between the two worlds. */
export function manifestOf(
  experiment: Experiment,
  cell: Cell,
  scheduler: Scheduler,
  hooks: Hooks,
  world: WorldPart,
): Manifest {
  const { shape, dataType } = modelOf(experiment);
  const { shape: _, ...weights } = experiment.spec.model;
  return {
    format: 'flover-run',
    version: 1,
    createdAt: new Date().toISOString(),
    commit: sourceCommit(),
    node: process.version,
    seed: cell.seed,
    replication: cell.replication,
    policy: { name: scheduler.policy.name, parameters: { ...cell.scheduler.policy.parameters } },
    oracle: scheduler.policy.oracle === true,
    memory: { ...cell.scheduler.memory },
    model: json({ ...weights, ...shape, dataType, name: shape.name }),
    ...ranksOf(experiment.spec.engine),
    workload: json(cell.workload),
    commandLine: [...hooks.commandLine],
    ...world,
  };
}

function ranksOf({ tensorParallel, collective, devices }: EngineSpec) {
  return {
    worldSize: tensorParallel,
    ...(tensorParallel === 1 ? {} : { collective }),
    ...(devices === undefined ? {} : { devices: [...devices] }),
  };
}

/** A value as JSON has it: without undefined. */
export function json<T>(value: T): T & Record<string, never> {
  return JSON.parse(JSON.stringify(value));
}
