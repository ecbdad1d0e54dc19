import {
  type CellRun,
  MetricsCollector,
  type MetricsSummary,
  rangeIntervals,
  tenantIntervals,
} from '@flover/metrics';
import { createScheduler } from '@flover/policy';
import { ScatteredCostModel, simulate } from '@flover/simulator';
import { sourceOf } from './cell-source.ts';
import type { Cell } from './cells.ts';
import type { ChosenCostModel } from './cost-model.ts';
import { guarded, type Hooks } from './hooks.ts';
import type { LoadedPolicy } from './policy-file.ts';
import type { Experiment } from './spec/load.ts';
import { metricsOptionsOf } from './spec/measured.ts';
import { abortedBy } from './worlds/simulate.ts';

/** (19 - 1) / (19 + 1): intervals that hold 90 % of real runs. */
const WORLDS = 19;
/** Drawn from a seed of its own: no experiment's requests depend on it. */
const SCATTER_SEED = 7_919;
/** Cells with more requests are simulated once only, and have no intervals. */
const MOST_REQUESTS = 10_000;

/**
 * Where a real run of a cell is expected: the cell's own requests in so many worlds as the profile's
 * measurements allow. Nothing where there is no profile, the cell is too large or was cancelled.
 */
export function predictIntervals(
  experiment: Experiment,
  cell: Cell,
  policy: LoadedPolicy,
  { profile }: ChosenCostModel,
  hooks: Hooks,
): Pick<CellRun, 'intervals' | 'tenantIntervals'> {
  if (profile === undefined) return {};
  const definition = guarded(policy, cell.label, hooks);
  const worlds: MetricsSummary[] = [];
  for (let world = 0; world < WORLDS; world++) {
    const source = sourceOf(experiment, cell);
    if (source.count > MOST_REQUESTS) return {};
    const sink = new MetricsCollector(metricsOptionsOf(experiment));
    const { outcome } = simulate({
      scheduler: createScheduler(cell.scheduler, definition),
      source,
      costModel: new ScatteredCostModel(profile, SCATTER_SEED, world),
      sink,
      signal: abortedBy(hooks),
    });
    if (outcome === 'cancelled') return {};
    worlds.push(sink.summary());
  }
  const byTenant = tenantIntervals(worlds.map(({ tenants = [] }) => tenants));
  return {
    intervals: rangeIntervals(worlds.map(({ values }) => values)),
    ...(byTenant.length > 0 && { tenantIntervals: byTenant }),
  };
}
