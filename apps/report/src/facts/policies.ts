import type { CellComparison, Comparison, MetricKey } from '@flover/metrics';
import { markedLabel } from './oracles.ts';

export type Side = 'simulated' | 'real';

/** One policy over all seeds. */
export interface PolicyFacts {
  /** As the experiment names it, with a mark where it sees true output lengths. */
  readonly label: string;
  readonly cells: readonly CellComparison[];
}

/** The policies of an experiment in its order. */
export function policiesOf(comparison: Comparison): PolicyFacts[] {
  const groups = new Map<string, CellComparison[]>();
  for (const cell of comparison.cells) {
    const label = markedLabel(cell.label, cell.policy.oracle);
    const group = groups.get(label);
    if (group === undefined) groups.set(label, [cell]);
    else group.push(cell);
  }
  return [...groups].map(([label, cells]) => ({ label, cells }));
}

/** Values of a metric, one a seed; without those that are not defined. */
export function seedValues(policy: PolicyFacts, side: Side, key: MetricKey): number[] {
  return policy.cells.flatMap((cell) => {
    const value = cell[side]?.metrics.values[key];
    return value === null || value === undefined ? [] : [value];
  });
}

/** Mean over the seeds, or null where no run defines it. */
export function meanValue(policy: PolicyFacts, side: Side, key: MetricKey): number | null {
  return meanOf(seedValues(policy, side, key));
}

export function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length;
}

/** The signed error of the simulated mean, percent of the real one. */
export function errorPercent(policy: PolicyFacts, key: MetricKey): number | null {
  const simulated = meanValue(policy, 'simulated', key);
  const real = meanValue(policy, 'real', key);
  return simulated === null || !real ? null : (100 * (simulated - real)) / real;
}

/** Which worlds an experiment ran in. */
export function sidesOf(comparison: Comparison): Side[] {
  return (['simulated', 'real'] as const).filter((side) =>
    comparison.cells.some((cell) => cell[side] !== undefined),
  );
}

/** What counts where one number is wanted: the engine where it ran, else the simulator. */
export function leadingSide(comparison: Comparison): Side {
  return sidesOf(comparison).includes('real') ? 'real' : 'simulated';
}
