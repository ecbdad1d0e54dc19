import { estimateMetrics, type Sweep, type SweepFailure, type SweepPoint } from '@flover/metrics';
import { deviceNamed } from '@flover/simulator';
import { TRANSFERRED } from '../cost-model.ts';
import { measuredBy } from '../spec/measured.ts';
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
  return {
    format: 'flover-sweep',
    version: 1,
    name: spec.name,
    ...(question === undefined ? {} : { question }),
    createdAt: new Date().toISOString(),
    commit: starts[starts.length - 1].commit,
    ...(others.length === 0 ? {} : { earlierCommits: others }),
    axes: sweep.axes.map(({ key, values }) => ({ key, values })),
    labels: [...new Set(cells.map(({ label }) => label))],
    ...oraclesOf(cells, results),
    seeds: spec.seeds,
    ...measuredBy({ spec, folder: '' }),
    costModels: costModelsOf(sweep),
    experiment: sweep.written,
    outcome: done + failures.length === cells.length ? 'complete' : 'cancelled',
    cells: { total: cells.length, done, failed: failures.length },
    points: pointsOf(cells, results),
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

/** A point for each setting and policy; its cells stand side by side in the plan. */
function pointsOf(cells: readonly SweepCell[], results: ResultsFile): SweepPoint[] {
  const groups: SweepCell[][] = [];
  for (const cell of cells) {
    const last = groups.at(-1);
    if (last?.[0].axes === cell.axes && last[0].label === cell.label) last.push(cell);
    else groups.push([cell]);
  }
  return groups.map((group) => {
    const outcomes = group.flatMap(({ key }) => results.outcome(key) ?? []);
    const runs = outcomes.flatMap((outcome) => ('metrics' in outcome ? [outcome.metrics] : []));
    return {
      axes: group[0].axes,
      label: group[0].label,
      done: runs.length,
      failed: outcomes.length - runs.length,
      metrics: estimateMetrics(runs),
    };
  });
}
