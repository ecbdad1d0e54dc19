import type { CellComparison, CellRun } from '@flover/metrics';
import type { RunDetail } from '../data/report-data.ts';
import { number } from '../marks/format.ts';
import type { Table } from './figure.ts';

/** What a run's slots and batches show, in a sentence with the numbers. */
export function runFinding(cell: CellComparison, run: CellRun): string {
  const { values } = run.metrics;
  const world = run.world === 'engine' ? 'on the engine' : 'in simulation';
  const fused = `an iteration computed ${number(values.batchRowsMean)} rows on average`;
  const active = `${number(values.activeRequestsMean)} requests were decoded at once`;
  const moves =
    values.moves === 0
      ? 'no slot was moved'
      : `${number(values.moves)} ${values.moves === 1 ? 'slot was' : 'slots were'} moved in ${number(values.moveMsTotal)} ms`;
  const preempted = values.preemptions ? `, ${number(values.preemptions)} preemptions` : '';
  return `Under ${cell.label} ${world} ${fused}, ${active}, and ${moves}${preempted}.`;
}

/** The moments of each request of a run. */
export function requestTable(run: RunDetail): Table {
  const { requests } = run;
  const ms = (micros: number | null) => (micros === null ? null : micros / 1000);
  const thinned =
    requests.id.length < requests.total ? ` (${requests.id.length} of ${requests.total})` : '';
  return {
    caption: `Requests of the run${thinned}; moments in milliseconds since it began`,
    columns: [
      'Request',
      'Prompt tokens',
      'Output tokens',
      'Arrived',
      'Admitted',
      'First token',
      'Ended',
      run.place === 'slot' ? 'Slot' : 'Row',
      'Outcome',
    ],
    rows: requests.id.map((id, i) => [
      id,
      requests.promptTokens[i]!,
      requests.outputTokens[i]!,
      ms(requests.arrivalMicros[i]!),
      ms(requests.admittedMicros[i]!),
      ms(requests.firstTokenMicros[i]!),
      ms(requests.endMicros[i]!),
      requests.slot[i]!,
      requests.outcome[i]!,
    ]),
  };
}
