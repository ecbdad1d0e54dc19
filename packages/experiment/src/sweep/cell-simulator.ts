import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MetricsCollector, type MetricsSummary } from '@flover/metrics';
import { createScheduler } from '@flover/policy';
import { simulate } from '@flover/simulator';
import { runFolderPaths } from '@flover/trace';
import { sourceOf } from '../cell-source.ts';
import { type ChosenCostModel, chooseCostModel } from '../cost-model.ts';
import { guarded, type Hooks } from '../hooks.ts';
import { type LoadedPolicy, loadPolicy } from '../policy-file.ts';
import type { Experiment } from '../spec/load.ts';
import { metricsOptionsOf } from '../spec/measured.ts';
import { abortedBy, simulateCell, simulatedFolder } from '../worlds/simulate.ts';
import type { SweepCell } from './plan.ts';
import type { CellResult } from './results-file.ts';

/** Simulates the cells of a sweep one after the other; keeps what several of them share. */
export class CellSimulator {
  readonly #policies = new Map<string, LoadedPolicy>();
  readonly #costModels = new Map<string, ChosenCostModel>();

  /**
   * What came of a cell; undefined when it was cancelled.
   *
   * Writes nothing, or, with `traces`, a run folder below it.
   */
  async simulate(
    { cell, experiment, key, writtenPolicy }: SweepCell,
    hooks: Hooks,
    traces?: string,
  ): Promise<CellResult | undefined> {
    const { name } = cell.scheduler.policy;
    const policy = await this.#policy(cell.policyFile, name, writtenPolicy);
    const costModel = this.#costModel(experiment, hooks);
    const scheduler = createScheduler(cell.scheduler, guarded(policy, cell.label, hooks));
    const mark = scheduler.policy.oracle === true ? { oracle: true as const } : {};
    if (traces !== undefined) {
      const out = traceFolder(traces, key);
      // What a killed process left of it.
      rmSync(out, { recursive: true, force: true });
      const run = simulateCell(experiment, cell, policy, costModel, hooks, out);
      return run.outcome === 'complete' ? { ...resultOf(run.metrics), ...mark } : undefined;
    }
    const collector = new MetricsCollector(metricsOptionsOf(experiment));
    const { outcome } = simulate({
      scheduler,
      source: sourceOf(experiment, cell),
      costModel: costModel.model,
      sink: collector,
      signal: abortedBy(hooks),
    });
    return outcome === 'complete' ? { ...resultOf(collector.summary()), ...mark } : undefined;
  }

  async #policy(
    file: string | undefined,
    name: string,
    written: string | undefined,
  ): Promise<LoadedPolicy> {
    const key = file ?? name;
    let policy = this.#policies.get(key);
    if (policy === undefined) {
      policy = await loadPolicy(file, name, written);
      this.#policies.set(key, policy);
    }
    return policy;
  }

  #costModel(experiment: Experiment, hooks: Hooks): ChosenCostModel {
    const { costModel, model, engine } = experiment.spec;
    const key = JSON.stringify([costModel, model, engine, experiment.folder]);
    let chosen = this.#costModels.get(key);
    if (chosen === undefined) {
      chosen = chooseCostModel(experiment, hooks, experiment.folder);
      this.#costModels.set(key, chosen);
    }
    return chosen;
  }
}

function resultOf({ values, tenants }: MetricsSummary): CellResult {
  return { metrics: values, ...(tenants && { tenants }) };
}

/** Where the traces of a cell are kept. */
function traceFolder(traces: string, key: string): string {
  return join(traces, key);
}

/** The run folder of a cell is there and whole: its metrics are what is written last. */
export function isTraceKept(traces: string, { key, cell }: SweepCell): boolean {
  const run = simulatedFolder(traceFolder(traces, key), cell);
  return existsSync(runFolderPaths(run).metricsPath);
}
