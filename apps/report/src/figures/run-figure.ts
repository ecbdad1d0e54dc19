import type { MetricValues } from '@flover/metrics';
import { overview } from '../charts/overview.ts';
import { runChart } from '../charts/run-chart.ts';
import type { RunDetail } from '../data/report-data.ts';
import { counted, number } from '../marks/format.ts';
import { h, type Mark } from '../marks/mark.ts';
import type { Figure, Table } from './figure.ts';

/** A run over time: its slots, and under them batch, queue and KV memory on the same axis. */
export function runFigure(name: string, detail: RunDetail, values?: MetricValues): Figure {
  const title = `Slots, batch, queue and KV memory over time: ${name}`;
  return {
    id: 'run',
    title: 'Slots over time',
    finding: values ? runFinding(values) : `${number(detail.iterations.total)} iterations ran.`,
    note: note(detail),
    drawing: h(
      'div',
      {},
      controls(),
      h('div', { id: 'run-overview' }, overview(detail)),
      h('div', { id: 'run-chart' }, runChart(detail, title)),
    ),
    table: requestTable(detail),
  };
}

function note({ iterations }: RunDetail): string {
  const { total, startMicros } = iterations;
  const thinned =
    startMicros.length < total
      ? ` Of ${number(total)} iterations ${number(startMicros.length)} are drawn, evenly spread.`
      : '';
  return (
    'Drag over the strip or over the lower panels, or use the buttons, to zoom into a part of the run; ' +
    'all charts follow. Arrow keys go from span to span once one is focused; the spans of one request ' +
    `stand out together. Spans too short to be drawn are merged, as their tips say.${thinned}`
  );
}

/** Shown by the script that gives them something to do. */
function controls(): Mark {
  return h(
    'div',
    { class: 'controls', id: 'run-controls', role: 'group', 'aria-label': 'Zoom', hidden: '' },
    button('zoom-in', 'Zoom in', '+'),
    button('zoom-out', 'Zoom out', '−'),
    button('pan-left', 'Earlier', '←'),
    button('pan-right', 'Later', '→'),
    button('zoom-reset', 'Whole run', 'Whole run'),
  );
}

function button(id: string, label: string, sign: string): Mark {
  return h('button', { type: 'button', id, 'aria-label': label, title: label }, sign);
}

/** What a run's slots and batches show, in a sentence with the numbers. */
function runFinding(values: MetricValues): string {
  const fused = `An iteration computed ${counted(values.batchRowsMean, 'row')} on average`;
  const active = values.activeRequestsMean;
  const decoded = `${counted(active, 'request')} ${number(active) === '1' ? 'was' : 'were'} decoded at once`;
  const moves =
    values.moves === 0
      ? 'no slot was moved'
      : `${number(values.moves)} ${values.moves === 1 ? 'slot was' : 'slots were'} moved in ${number(values.moveMsTotal)} ms`;
  const preempted = values.preemptions ? `, with ${number(values.preemptions)} preemptions` : '';
  return `${fused}, ${decoded}, and ${moves}${preempted}.`;
}

/** The moments of each request of a run. */
function requestTable(run: RunDetail): Table {
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
