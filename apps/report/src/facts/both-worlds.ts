import type { CellComparison, CellRun, Comparison, MetricKey, MetricSplit } from '@flover/metrics';
import { comparisonsOf, type Found, type SiteData } from '../data/site-data.ts';
import { distanceOf } from './cost-models.ts';
import { newestOfEach } from './newest.ts';
import { isSaturated } from './saturation.ts';

/** One policy on one draw of a workload that was predicted and then run. */
export interface PredictedCell {
  readonly comparison: Comparison;
  readonly cell: CellComparison;
  readonly simulated: CellRun;
  readonly real: CellRun;
  /** Comparison, policy and, where there are several, seed. */
  readonly name: string;
  /** Position of its model and cost model among all, which gives colour and shape. */
  readonly series: number;
  /** Mean active requests of the real run, percent of the sequences that may be active at once. */
  readonly loadPercent: number;
  /** More was asked than there are places for; see SATURATION_RULE. */
  readonly saturated: boolean;
}

/** Every cell with both worlds, and what their series are called. */
export interface PredictedCells {
  readonly cells: readonly PredictedCell[];
  readonly names: readonly string[];
}

/**
 * The newest run of each name on each device; the order is kept.
 *
 * An engine's runs may be predicted by several kinds of cost model, which all stay; what an earlier
 * commit ran does not.
 */
export function newestOfEachName(comparisons: readonly Found<Comparison>[]): Comparison[] {
  return newestFound(comparisons).map(({ value }) => value);
}

function newestFound(comparisons: readonly Found<Comparison>[]): Found<Comparison>[] {
  const newest = newestOfEach(comparisons, nameOnDevice);
  const ofLastCommit = comparisons.filter(
    (found) => newest.get(nameOnDevice(found))?.value.commit.id === found.value.commit.id,
  );
  const kept = newestOfEach(
    ofLastCommit,
    (found) => `${nameOnDevice(found)} ${found.value.costModel?.name}`,
  );
  return [...kept.values()];
}

/**
 * What the figures of one experiment are drawn from: one comparison of each name on each device.
 *
 * Of several predictions of the same runs the one by measurements counts, else that by transferred
 * measurements. A comparison that was only predicted is left out where its name was measured since.
 */
export function toldOfEachName(comparisons: readonly Found<Comparison>[]): Found<Comparison>[] {
  const measured = new Set(
    comparisons.flatMap(({ value }) => (value.engine === undefined ? [] : [value.name])),
  );
  const told = new Map<string, Found<Comparison>>();
  for (const found of newestFound(comparisons)) {
    const { engine, name, costModel } = found.value;
    if (engine === undefined && measured.has(name)) continue;
    const known = told.get(nameOnDevice(found))?.value;
    if (known && distanceOf(known.costModel) <= distanceOf(costModel)) continue;
    told.set(nameOnDevice(found), found);
  }
  return [...told.values()];
}

/** One comparison of each name on each device, whatever predicted it: what was measured last. */
export function newestMeasured(comparisons: readonly Found<Comparison>[]): Found<Comparison>[] {
  const measured = comparisons.filter(({ value }) => value.cells.some(({ real }) => real));
  return [...newestOfEach(measured, nameOnDevice).values()];
}

function nameOnDevice({ value: { name, engine }, experiment }: Found<Comparison>): string {
  return JSON.stringify([experiment, name, engine?.device]);
}

/** Every cell of a site that was predicted and run to its end. */
export function predictedCells(site: SiteData): PredictedCells {
  const comparisons = newestOfEachName(comparisonsOf(site));
  const bare = comparisons.flatMap((comparison) =>
    comparison.cells.flatMap((cell) => {
      const { simulated, real } = cell;
      const whole = simulated?.outcome === 'complete' && real?.outcome === 'complete';
      return whole ? [{ comparison, cell, simulated, real }] : [];
    }),
  );
  const devices = new Set(bare.map(({ comparison }) => comparison.engine?.device));
  const series = ({ model, costModel, engine }: Comparison) =>
    [model.name, costModel?.name, ...(devices.size > 1 ? [engine?.device] : [])]
      .filter((part) => part !== undefined)
      .join(', ');
  const names = [...new Set(bare.map(({ comparison }) => series(comparison)))];
  const cells = bare.map((one) => ({
    ...one,
    name: nameOf(one.comparison, one.cell),
    series: names.indexOf(series(one.comparison)),
    ...loadOf(one.comparison, one.real),
  }));
  return { cells, names };
}

function nameOf({ name, seeds }: Comparison, { label, seed }: CellComparison): string {
  return [name, label, ...(seeds.length > 1 ? [`seed ${seed}`] : [])].join(', ');
}

function loadOf(comparison: Comparison, real: CellRun) {
  const active = real.metrics.values.activeRequestsMean ?? 0;
  return {
    loadPercent: (100 * active) / (comparison.limits.maxSequences ?? 1),
    saturated: isSaturated(comparison, real),
  };
}

/** Was it predicted from data sheets alone? Aims are for cost models that were calibrated. */
export const isUncalibrated = ({ comparison }: PredictedCell): boolean =>
  comparison.costModel?.name === 'roofline';

/** The cells that a finding counts: those of calibrated cost models, where there are any. */
export function judgedCells(cells: readonly PredictedCell[]): {
  readonly judged: readonly PredictedCell[];
  /** Says so where others were left out. */
  readonly words: string;
} {
  const calibrated = cells.filter((cell) => !isUncalibrated(cell));
  const mixed = calibrated.length > 0 && calibrated.length < cells.length;
  return mixed
    ? { judged: calibrated, words: ' with a calibrated cost model' }
    : { judged: cells, words: '' };
}

/** Signed error of a prediction, percent of the real value; null where it is not defined. */
export function cellErrorPercent({ simulated, real }: PredictedCell, key: MetricKey) {
  const [s, r] = [simulated.metrics.values[key], real.metrics.values[key]];
  return s === null || s === undefined || !r ? null : (100 * (s - r)) / r;
}

/** What a comparison says of one metric of a cell. */
export function splitOf({ cell }: PredictedCell, key: MetricKey): MetricSplit | undefined {
  return cell.split?.find((split) => split.key === key);
}
