import {
  type CellComparison,
  type CellRun,
  type Comparison,
  type Divergence,
  describeDecisionParity,
  type IntervalCoverage,
  type MetricKey,
  studentInterval,
} from '@flover/metrics';
import { OF_A_TENANT, type ShownMetric, tenantName, usualMetrics } from './shown-metrics.ts';
import { type Column, textTable } from './table.ts';

/**
 * The table of an experiment: a row for each policy and world, and their signed error where both
 * ran. Over several seeds a value is the mean with its 95 % confidence interval. `width`: of a terminal.
 */
export function comparisonTable(comparison: Comparison, width?: number): string {
  const runs = comparison.cells.flatMap(runsOf);
  const judged = runs.some(({ metrics }) => (metrics.values.sloShare ?? null) !== null);
  const metrics = usualMetrics(judged, hasSeveralTenants(comparison));
  const columns: Column[] = [
    { title: 'policy', align: 'left' },
    { title: '', align: 'left' },
    ...metrics.map(({ title }) => ({ title, align: 'right' as const })),
  ];
  const labels = [...new Set(comparison.cells.map((cell) => cell.label))];
  return textTable(
    columns,
    labels.flatMap((label) =>
      policyRows(
        label,
        comparison.cells.filter((cell) => cell.label === label),
        metrics,
      ),
    ),
    { keys: 2, width },
  );
}

function policyRows(
  label: string,
  cells: readonly CellComparison[],
  metrics: readonly Required<ShownMetric>[],
): string[][] {
  const rows = worldRows(cells, metrics, (run) => [run.metrics.values]);
  return rows.map((row, index) => [index === 0 ? label : '', ...row]);
}

/** A row a world, and one of the errors where there are both; `valuesOf` says what is told of a run. */
function worldRows<Key extends MetricKey>(
  cells: readonly CellComparison[],
  metrics: readonly (Required<ShownMetric> & { readonly key: Key })[],
  valuesOf: (run: CellRun) => readonly Readonly<Record<Key, number | null>>[],
): string[][] {
  const inSimulation = cells.flatMap((cell) => cell.simulated ?? []);
  const inReality = cells.flatMap((cell) => cell.real ?? []);
  const simulated = inSimulation.flatMap(valuesOf);
  const real = inReality.flatMap(valuesOf);
  const rows: string[][] = [];
  if (simulated.length > 0)
    rows.push([`simulated${cutOff(inSimulation)}`, ...shown(simulated, metrics)]);
  if (real.length > 0) rows.push([`real${cutOff(inReality)}`, ...shown(real, metrics)]);
  if (simulated.length > 0 && real.length > 0) {
    const errors = metrics.map(({ key }) => signedError(meanOf(simulated, key), meanOf(real, key)));
    rows.push(['error', ...errors.map(percent)]);
  }
  return rows;
}

/**
 * The same for each tenant by itself; undefined where there are not several. What no run defines has
 * no column.
 */
export function tenantsTable(comparison: Comparison, width?: number): string | undefined {
  if (!hasSeveralTenants(comparison)) return undefined;
  const { cells } = comparison;
  const all = cells.flatMap(runsOf).flatMap(({ metrics }) => metrics.tenants ?? []);
  const metrics = OF_A_TENANT.filter(({ key }) => all.some(({ values }) => values[key] !== null));
  const columns: Column[] = [
    ...['policy', 'tenant', ''].map((title) => ({ title, align: 'left' as const })),
    ...metrics.map(({ title }) => ({ title, align: 'right' as const })),
  ];
  const labels = [...new Set(cells.map(({ label }) => label))];
  const names = [...new Set(all.map(({ tenant }) => tenant))];
  const rows = labels.flatMap((label) =>
    names.flatMap((name, first) => {
      const own = cells.filter((cell) => cell.label === label);
      const valuesOf = ({ metrics: { tenants = [] } }: CellRun) =>
        tenants.flatMap(({ tenant, values }) => (tenant === name ? [values] : []));
      return worldRows(own, metrics, valuesOf).map((row, index) => {
        const here = index === 0;
        return [here && first === 0 ? label : '', here ? tenantName(name) : '', ...row];
      });
    }),
  );
  return textTable(columns, rows, { keys: 3, width });
}

function hasSeveralTenants({ cells }: Comparison): boolean {
  return cells.flatMap(runsOf).some(({ metrics }) => (metrics.tenants?.length ?? 0) > 1);
}

function runsOf({ simulated, real }: CellComparison): readonly CellRun[] {
  return [...(simulated ? [simulated] : []), ...(real ? [real] : [])];
}

/** What was interrupted stands for less than the others. */
function cutOff(runs: readonly CellRun[]): string {
  return runs.some(({ outcome }) => outcome === 'cancelled') ? ', cut off' : '';
}

function meanOf<Key extends MetricKey>(
  runs: readonly Readonly<Record<Key, number | null>>[],
  key: Key,
): number | null {
  const values = runs.flatMap((run) => run[key] ?? []);
  if (values.length === 0) return null;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function shown<Key extends MetricKey>(
  runs: readonly Readonly<Record<Key, number | null>>[],
  metrics: readonly (Required<ShownMetric> & { readonly key: Key })[],
): string[] {
  return metrics.map(({ key, digits }) => {
    const interval = studentInterval(runs.flatMap((run) => run[key] ?? []));
    if (interval === null) return meanOf(runs, key)?.toFixed(digits) ?? '–';
    const margin = (interval.high - interval.low) / 2;
    return `${interval.estimate.toFixed(digits)} ± ${margin.toFixed(digits)}`;
  });
}

/** (simulated - real) / real; null where it is not defined. */
export function signedError(simulated: number | null, real: number | null): number | null {
  if (simulated === null || real === null || real === 0) return null;
  return (simulated - real) / real;
}

function percent(share: number | null): string {
  if (share === null) return '–';
  return `${share >= 0 ? '+' : ''}${(100 * share).toFixed(1)} %`;
}

/** One line on the decisions of each cell that ran for real. */
export function verdictLines(comparison: Comparison): string[] {
  const verdicts = comparison.cells.flatMap((cell) => {
    const { replay, divergence } = cell;
    if (!replay) return [];
    const parted = divergence === undefined ? '' : `; ${agreement(divergence)}`;
    return [`${cell.label}, seed ${cell.seed}: replay ${describeDecisionParity(replay)}${parted}`];
  });
  const { coverage, tenantCoverage = [], outcome } = comparison;
  return [
    ...verdicts,
    ...(coverage ? [coverageLine(coverage)] : []),
    ...tenantCoverage.map((own) => `  of tenant ${tenantName(own.tenant)}: ${heldOf(own)}`),
    ...otherDevice(comparison),
    ...(outcome === 'cancelled' ? ['interrupted: what had not begun is missing above'] : []),
  ];
}

/** What was measured on one device and run on another is no test of the prediction. */
function otherDevice({ costModel, engine }: Comparison): string[] {
  const measured = costModel?.device;
  if (measured === undefined || engine === undefined) return [];
  // Several ranks are told behind the device's name.
  if (engine.device === measured || engine.device.startsWith(`${measured}, `)) return [];
  return [`predicted from ${measured}, really run on ${engine.device}: errors are of both`];
}

function coverageLine(coverage: IntervalCoverage): string {
  return `prediction intervals of ${(100 * coverage.level).toFixed(0)} % held ${heldOf(coverage)}`;
}

function heldOf({ covered, predicted, share }: IntervalCoverage): string {
  return `${covered} of ${predicted} metrics (${(100 * share).toFixed(0)} %)`;
}

function agreement({ first, simulated, real, shareBefore }: Divergence): string {
  if (first === undefined) return `simulation and reality decide alike in all ${real} iterations`;
  const share = (100 * shareBefore).toFixed(0);
  return (
    `simulation (${simulated} iterations) and reality (${real}) decide alike ` +
    `until iteration ${first.index} (${share} %)`
  );
}

/** Do all real runs replay identically? */
export function decisionsHold(comparison: Comparison): boolean {
  return comparison.cells.every((cell) => cell.replay?.identical ?? true);
}
