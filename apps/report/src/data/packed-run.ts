import type { IterationSeries, Phase, RunDetail, SlotSpans } from './report-data.ts';

/** What a page's script draws of a run. */
export type DrawnRun = Omit<RunDetail, 'requests' | 'world' | 'outcome'>;

/** The same in little text: columns as differences from row to row, phases as letters. */
export interface PackedRun extends Omit<DrawnRun, 'spans' | 'iterations'> {
  readonly spans: Readonly<Record<string, readonly number[]>>;
  readonly phases: string;
  readonly total: number;
  readonly iterations: Readonly<Record<string, readonly number[]>>;
}

const LETTERS = { p: 'prefill', d: 'decode', m: 'move', i: 'idle' } as const;

/** Packs a run for the file that its page loads. */
export function packRun({ place, places, endMicros, spans, iterations }: DrawnRun): PackedRun {
  const { phase, ...columns } = spans;
  const { total, ...series } = iterations;
  return {
    ...{ place, places, endMicros, total },
    phases: phase.map((name) => name[0]).join(''),
    spans: mapColumns(columns, differences),
    iterations: mapColumns(series, differences),
  };
}

/** The run that was packed. */
export function unpackRun(packed: PackedRun): DrawnRun {
  const { place, places, endMicros, total } = packed;
  const phase = [...packed.phases].map((letter): Phase => LETTERS[letter as keyof typeof LETTERS]);
  const spans = { ...mapColumns(packed.spans, sums), phase } as unknown as SlotSpans;
  const series = mapColumns(packed.iterations, sums) as unknown as Omit<IterationSeries, 'total'>;
  return { place, places, endMicros, spans, iterations: { total, ...series } };
}

function mapColumns(
  columns: object,
  change: (column: readonly number[]) => number[],
): Record<string, number[]> {
  const entries = Object.entries(columns) as [string, readonly number[]][];
  return Object.fromEntries(entries.map(([name, column]) => [name, change(column)]));
}

function differences(column: readonly number[]): number[] {
  return column.map((value, i) => value - (i === 0 ? 0 : column[i - 1]!));
}

function sums(column: readonly number[]): number[] {
  let sum = 0;
  return column.map((difference) => {
    sum += difference;
    return sum;
  });
}
