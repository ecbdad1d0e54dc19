import {
  estimateMetrics,
  estimateTenants,
  type MetricValues,
  pairedDifferences,
  type Sweep,
  type SweepAxis,
  type SweepFailure,
  type SweepPoint,
  type TenantSummary,
} from '@flover/metrics';
import { deviceNamed } from '@flover/simulator';
import { TRANSFERRED } from '../cost-model.ts';
import { measuredBy } from '../spec/measured.ts';
import type { Axis } from './axes.ts';
import type { SweepCell } from './plan.ts';
import type { ResultsFile } from './results-file.ts';
import { earlierCommits, type SweepStart } from './starts.ts';
import type { LoadedSweep } from './sweep-file.ts';

/** `sweep.json` of what has been done so far. */
export function describeSweep(
  sweep: LoadedSweep,
  cells: readonly SweepCell[],
  results: ResultsFile,
  starts: readonly SweepStart[],
): Sweep {
  const { spec } = sweep.settings[0].experiment;
  const { question } = spec;
  const failures = cells.flatMap((cell) => failureOf(cell, results));
  const done = cells.filter(({ key }) => 'metrics' in (results.outcome(key) ?? {})).length;
  const others = earlierCommits(starts);
  const labels = [...new Set(cells.map(({ label }) => label))];
  const baseline = labels.length < 2 ? undefined : (sweep.baseline ?? labels[0]);
  return {
    format: 'flover-sweep',
    version: 1,
    name: spec.name,
    ...(question === undefined ? {} : { question }),
    createdAt: new Date().toISOString(),
    commit: starts[starts.length - 1].commit,
    ...(others.length === 0 ? {} : { earlierCommits: others }),
    axes: sweep.axes.map(axisOf),
    labels,
    ...oraclesOf(cells, results),
    ...(baseline !== undefined && { baseline }),
    ...(sweep.show && { show: sweep.show }),
    seeds: spec.seeds,
    ...measuredBy({ spec, folder: '' }),
    costModels: costModelsOf(sweep),
    experiment: sweep.written,
    outcome: done + failures.length === cells.length ? 'complete' : 'cancelled',
    cells: { total: cells.length, done, failed: failures.length },
    points: pointsOf(cells, results, baseline),
    failures,
  };
}

/** Labels of the policies that saw true output lengths. */
function oraclesOf(cells: readonly SweepCell[], results: ResultsFile): Pick<Sweep, 'oracles'> {
  const marked = cells.filter(({ key }) => {
    const outcome = results.outcome(key);
    return outcome !== undefined && 'metrics' in outcome && outcome.oracle === true;
  });
  const oracles = [...new Set(marked.map(({ label }) => label))];
  return oracles.length === 0 ? {} : { oracles };
}

function failureOf({ key, axes, label, seed }: SweepCell, results: ResultsFile): SweepFailure[] {
  const outcome = results.outcome(key);
  if (outcome === undefined || !('error' in outcome)) return [];
  return [{ axes, label, seed, error: outcome.error }];
}

function costModelsOf({ settings }: LoadedSweep): Sweep['costModels'] {
  const models = settings.map(({ experiment }) => {
    const { costModel } = experiment.spec;
    if (costModel.kind === 'measure') return { name: 'measure', from: '' };
    if (costModel.kind === 'profile') return { name: 'profile', from: costModel.file };
    const device = costModel.device && deviceNamed(costModel.device).name;
    if (costModel.kind === 'transfer') {
      return { name: TRANSFERRED, from: costModel.file + (device ? `, on ${device}` : '') };
    }
    return { name: 'roofline', from: `data sheet of ${device}` };
  });
  return [...new Map(models.map((model) => [JSON.stringify(model), model])).values()];
}

/** One policy at one setting, with the metrics of the seeds that are done. */
interface Group {
  readonly axes: SweepCell['axes'];
  readonly label: string;
  readonly bySeed: Map<number, MetricValues>;
  readonly tenants: Map<number, readonly TenantSummary[]>;
  failed: number;
}

/** A point for each setting and policy; its cells stand side by side in the plan. */
function pointsOf(
  cells: readonly SweepCell[],
  results: ResultsFile,
  baseline: string | undefined,
): SweepPoint[] {
  const groups: Group[] = [];
  for (const { axes, label, seed, key } of cells) {
    let group = groups.at(-1);
    if (group?.axes !== axes || group.label !== label) {
      group = { axes, label, bySeed: new Map(), tenants: new Map(), failed: 0 };
      groups.push(group);
    }
    const outcome = results.outcome(key);
    if (outcome === undefined) continue;
    if ('error' in outcome) group.failed++;
    else {
      group.bySeed.set(seed, outcome.metrics);
      if (outcome.tenants !== undefined) group.tenants.set(seed, outcome.tenants);
    }
  }
  return groups.map(({ axes, label, bySeed, tenants, failed }) => {
    const beside = groups.find((other) => other.axes === axes && other.label === baseline);
    const compared = label === baseline ? undefined : beside;
    return {
      ...{ axes, label, done: bySeed.size, failed },
      metrics: estimateMetrics([...bySeed.values()]),
      ...(tenants.size > 0 && { tenants: estimateTenants(tenants, compared?.tenants) }),
      ...(compared && { differences: pairedDifferences(bySeed, compared.bySeed) }),
    };
  });
}

function axisOf({ key, varies }: Axis): SweepAxis {
  const [{ values }] = varies;
  if (varies.length === 1 && varies[0].key === key) return { key, values };
  const sets = Object.fromEntries(varies.map((varied) => [varied.key, varied.values]));
  return { key, values, sets };
}
