import {
  type CellComparison,
  type Comparison,
  type Divergence,
  describeDecisionParity,
  type MetricKey,
} from '@flover/metrics';
import { type Column, textTable } from './table.ts';

/** What the table shows of each policy, in order: metric, heading, digits after the point. */
const SHOWN: readonly (readonly [MetricKey, string, number])[] = [
  ['ttftMsP50', 'TTFT p50 ms', 1],
  ['ttftMsP99', 'TTFT p99 ms', 1],
  ['tpotMsP50', 'TPOT p50 ms', 2],
  ['tpotMsP99', 'TPOT p99 ms', 2],
  ['e2eMsP50', 'E2E p50 ms', 0],
  ['e2eMsP99', 'E2E p99 ms', 0],
  ['generatedTokensPerSecond', 'tokens/s', 0],
  ['iterations', 'iterations', 0],
  ['activeRequestsMean', 'mean overlap', 2],
];

/** The table of an experiment: three rows a cell where both worlds ran, else one. */
export function comparisonTable(comparison: Comparison): string {
  const columns: Column[] = [
    { title: 'policy', align: 'left' },
    { title: '', align: 'left' },
    ...SHOWN.map(([, title]) => ({ title, align: 'right' as const })),
  ];
  return textTable(
    columns,
    comparison.cells.flatMap((cell) => cellRows(cell, comparison)),
  );
}

function cellRows(cell: CellComparison, comparison: Comparison): string[][] {
  const several = comparison.seeds.length > 1;
  const name = several ? `${cell.label} (seed ${cell.seed})` : cell.label;
  const rows: string[][] = [];
  if (cell.simulated) rows.push(['simulated', ...values(cell.simulated.metrics.values)]);
  if (cell.real) rows.push(['real', ...values(cell.real.metrics.values)]);
  if (cell.simulated && cell.real) {
    const { simulated, real } = cell;
    rows.push([
      'error',
      ...SHOWN.map(([key]) =>
        percent(signedError(simulated.metrics.values[key], real.metrics.values[key])),
      ),
    ]);
  }
  return rows.map((row, index) => [index === 0 ? name : '', ...row]);
}

/** (simulated - real) / real; null where it is not defined. */
export function signedError(simulated: number | null, real: number | null): number | null {
  if (simulated === null || real === null || real === 0) return null;
  return (simulated - real) / real;
}

function values(metrics: Readonly<Record<MetricKey, number | null>>): string[] {
  return SHOWN.map(([key, , digits]) => metrics[key]?.toFixed(digits) ?? '–');
}

function percent(share: number | null): string {
  if (share === null) return '–';
  return `${share >= 0 ? '+' : ''}${(100 * share).toFixed(1)} %`;
}

/** One line on the decisions of each cell that ran for real. */
export function verdictLines(comparison: Comparison): string[] {
  return comparison.cells.flatMap((cell) => {
    const { replay, divergence } = cell;
    if (!replay) return [];
    const parted = divergence === undefined ? '' : `; ${agreement(divergence)}`;
    return [`${cell.label}, seed ${cell.seed}: replay ${describeDecisionParity(replay)}${parted}`];
  });
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
