import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type CellComparison,
  type Comparison,
  intervalCoverage,
  tenantCoverage,
  type WorldName,
} from '@flover/metrics';
import { createScheduler, FloverError } from '@flover/policy';
import { makeFolder, parameterCount, writeJson } from '@flover/trace';
import { type Cell, cellsOf } from './cells.ts';
import { compareCell } from './compare-cell.ts';
import { type ChosenCostModel, chooseCostModel } from './cost-model.ts';
import { EngineKeeper, modelOf } from './engine-source.ts';
import type { Hooks } from './hooks.ts';
import { leftOutRows } from './left-out.ts';
import { type LoadedPolicy, loadPolicy } from './policy-file.ts';
import { predictIntervals } from './prediction.ts';
import { sourceCommit } from './provenance.ts';
import { replayRun } from './replay.ts';
import { checkPrediction } from './spec/check.ts';
import type { LoadedExperiment } from './spec/load.ts';
import { measuredBy, metricsOptionsOf } from './spec/measured.ts';
import { executeCell } from './worlds/execute.ts';
import { COMPARISON_FILE, RecordedRuns } from './worlds/recorded.ts';
import { simulateCell } from './worlds/simulate.ts';

/**
 * Runs every cell of an experiment in the worlds asked for, and compares where it was both.
 *
 * Leaves `comparison.json`, a run folder a cell and world, and a measured profile below `out`; the
 * comparison is written anew after each cell, so that a killed experiment keeps what was done. Real
 * runs are taken from the results in `realFrom`, if given, and nothing is executed.
 */
export async function runExperiment(
  experiment: LoadedExperiment,
  worlds: readonly WorldName[],
  hooks: Hooks,
  out: string,
  realFrom?: string,
): Promise<Comparison> {
  const simulated = worlds.includes('simulator');
  // Again: a command line may have put another device in place of the file's.
  if (simulated) checkPrediction(experiment);
  const recorded = realFrom === undefined ? undefined : new RecordedRuns(realFrom);
  makeResultsFolder(out);
  if (realFrom === undefined || resolve(realFrom) !== resolve(out)) mustBeWithoutResults(out);
  const keeper = new EngineKeeper(experiment);
  try {
    const cells = cellsOf(experiment);
    const leftOut = leftOutRows(experiment);
    if (leftOut !== undefined) hooks.say(leftOut);
    const policies = await Promise.all(
      cells.map((cell) => loadPolicy(cell.policyFile, cell.scheduler.policy.name)),
    );
    const costModel = simulated ? chooseCostModel(experiment, hooks, out) : undefined;
    const done: CellComparison[] = [];
    for (const [index, cell] of cells.entries()) {
      hooks.say(`${cell.label}, seed ${cell.seed} (${index + 1} of ${cells.length})`);
      if (hooks.signal.cancelled) break;
      const ran = { experiment, cell, policy: policies[index], keeper, recorded, hooks, out };
      done.push(runCell(ran, worlds, costModel));
      sayUnmeasured(experiment, done.at(-1)!, hooks);
      writeJson(
        join(out, COMPARISON_FILE),
        describe(experiment, recorded?.engine ?? keeper.opened, costModel, done, hooks),
      );
    }
    return describe(experiment, recorded?.engine ?? keeper.opened, costModel, done, hooks);
  } finally {
    keeper.close();
  }
}

function makeResultsFolder(folder: string): void {
  try {
    makeFolder(folder);
  } catch (cause) {
    throw new FloverError(
      'no-results-folder',
      `cannot make the folder ${folder}: ${(cause as Error).message}`,
      'Choose another with --out, on a disk that may be written and has room.',
      cause,
    );
  }
}

/** Another comparison in its place would lose what that one says. */
function mustBeWithoutResults(folder: string): void {
  if (!existsSync(join(folder, COMPARISON_FILE))) return;
  throw new FloverError(
    'run-folder-exists',
    `${folder} already holds the results of an experiment`,
    'Choose another folder with --out; `flover compare` runs both worlds, and --real takes real runs made before.',
  );
}

interface CellContext {
  readonly experiment: LoadedExperiment;
  readonly cell: Cell;
  readonly policy: LoadedPolicy;
  readonly keeper: EngineKeeper;
  readonly recorded: RecordedRuns | undefined;
  readonly hooks: Hooks;
  readonly out: string;
}

function runCell(
  { experiment, cell, policy, keeper, recorded, hooks, out }: CellContext,
  worlds: readonly WorldName[],
  costModel: ChosenCostModel | undefined,
): CellComparison {
  const about = {
    label: cell.label,
    seed: cell.seed,
    policy: {
      name: cell.scheduler.policy.name,
      parameters: cell.scheduler.policy.parameters,
      ...(cell.policyFile === undefined ? {} : { file: cell.policyFile }),
      oracle: createScheduler(cell.scheduler, policy.definition).policy.oracle === true,
    },
    memory: cell.scheduler.memory,
  };
  const simulated =
    costModel === undefined
      ? undefined
      : {
          ...simulateCell(experiment, cell, policy, costModel, hooks, out),
          ...predictIntervals(experiment, cell, policy, costModel, hooks),
        };
  if (!worlds.includes('engine') || hooks.signal.cancelled) {
    return { ...about, ...(simulated ? { simulated } : {}) };
  }
  const real =
    recorded?.cellRun(experiment, cell, out) ??
    executeCell(experiment, cell, policy, keeper, hooks, out);
  const replayed = replayRun(join(out, real.folder), policy.definition, cell.label);
  // As in the run itself: relative to the comparison.
  const replay = { ...replayed, folder: real.folder };
  if (simulated === undefined || costModel === undefined) return { ...about, real, replay };
  const compared = compareCell(out, simulated, real, costModel.model, metricsOptionsOf(experiment));
  return { ...about, simulated, real, replay, ...compared };
}

/** Where nothing arrives after the warm-up there is nothing to tell, and it is said why. */
function sayUnmeasured({ spec }: LoadedExperiment, cell: CellComparison, hooks: Hooks): void {
  const { label, simulated, real } = cell;
  if (spec.warmupMs === 0 || (simulated ?? real)?.metrics.values.requestsArrived !== 0) return;
  hooks.say(`${label}: every request arrives within the warm-up of ${spec.warmupMs} ms`);
}

/** Over all cells that were predicted and run. */
function coverageOf(
  cells: readonly CellComparison[],
): Pick<Comparison, 'coverage' | 'tenantCoverage'> {
  const coverage = intervalCoverage(cells.map((cell) => cell.split ?? []));
  const byTenant = tenantCoverage(cells);
  return {
    ...(coverage && { coverage }),
    ...(byTenant.length > 0 && { tenantCoverage: byTenant }),
  };
}

function describe(
  experiment: LoadedExperiment,
  opened: Comparison['engine'],
  costModel: ChosenCostModel | undefined,
  cells: readonly CellComparison[],
  hooks: Hooks,
): Comparison {
  const { spec } = experiment;
  const { shape, dataType } = modelOf(experiment);
  const { question } = spec;
  return {
    format: 'flover-comparison',
    version: 1,
    name: spec.name,
    ...(question === undefined ? {} : { question }),
    createdAt: new Date().toISOString(),
    commit: sourceCommit(),
    model: {
      name: shape.name,
      dataType,
      parameters: parameterCount(shape),
      weights: spec.model.checkpoint ?? `synthetic, seed ${spec.model.weightsSeed}`,
    },
    ...(opened === undefined ? {} : { engine: opened }),
    ...(costModel === undefined ? {} : { costModel: costModelOf(costModel) }),
    limits: spec.limits,
    workload: spec.workload,
    seeds: spec.seeds,
    ...coverageOf(cells),
    ...measuredBy(experiment),
    outcome: hooks.signal.cancelled ? 'cancelled' : 'complete',
    cells,
  };
}

function costModelOf({ model, from, profile }: ChosenCostModel) {
  return { name: model.name, from, ...(profile && { device: profile.device }) };
}
