import { type MetricKey, metricDefinition } from '@flover/metrics';
import { dotPlot } from '../charts/dot-plot.ts';
import type { Signs, SiteRun } from '../data/site-data.ts';
import { runLabel, runName } from '../facts/run-facts.ts';
import { milliseconds, number } from '../marks/format.ts';
import type { Figure } from './figure.ts';

const METRICS: readonly MetricKey[] = ['ttftMsP50', 'tpotMsP50', 'e2eMsP50'];

/** Runs of no comparison side by side; none where no run has its metrics. */
export function runsFigure(runs: readonly SiteRun[], signs: Signs): Figure | undefined {
  const measured = runs.flatMap((run) => (run.metrics ? [{ run, metrics: run.metrics }] : []));
  const [first] = measured;
  if (first === undefined) return undefined;
  const panels = METRICS.map((key) => {
    const { label, unit, better } = metricDefinition(key)!;
    const rows = measured.map(({ run, metrics }) => {
      const isReal = run.manifest.world === 'engine';
      const value = metrics.values[key];
      const sides = { simulated: isReal ? null : value, real: isReal ? value : null };
      return { label: runName(run), series: signs(runLabel(run)), ...sides };
    });
    return { title: label, unit, better, rows };
  });
  const { requestsServed, e2eMsP50 } = first.metrics.values;
  const many = measured.length === 1 ? '' : `; ${number(measured.length)} runs are side by side`;
  const finding =
    `${runName(first.run)}: ${number(requestsServed)} requests were served with a median E2E latency of ` +
    `${milliseconds(e2eMsP50)}${many}.`;
  return {
    id: 'runs-figure',
    title: 'Runs side by side',
    finding,
    note: 'Filled marks: the engine. Hollow marks: the simulator. At the right the value.',
    drawing: dotPlot(panels, finding),
    table: {
      caption: 'Metrics of each run',
      columns: ['Run', 'World', ...METRICS],
      rows: measured.map(({ run, metrics }) => [
        ...[runName(run), run.manifest.world],
        ...METRICS.map((key) => metrics.values[key]),
      ]),
    },
  };
}
