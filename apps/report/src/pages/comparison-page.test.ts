import type { CellRun, Comparison, MetricKey } from '@flover/metrics';
import { expect, test } from 'vitest';
import { html } from '../marks/html.ts';
import type { Mark } from '../marks/mark.ts';
import { tinyReport } from '../testing/tiny-comparison.ts';
import { comparisonSections } from './comparison-sections.ts';
import type { PlacedFigure } from './page.ts';

/** The tiny comparison in which 80 % of the requests were good, and 84 % (82 to 88 %) predicted. */
function judged(): Comparison {
  const { comparison } = tinyReport({ slo: { ttftMs: 1 } });
  const judgedRun = (run: CellRun, sloShare: number): CellRun => ({
    ...run,
    metrics: { ...run.metrics, values: { ...run.metrics.values, sloShare, e2eMsMean: 250 } },
    ...(run.world === 'simulator' && {
      intervals: { sloShare: { low: 0.82, high: 0.88, level: 0.9 } },
    }),
  });
  const cells = comparison.cells.map((cell) => ({
    ...cell,
    simulated: judgedRun(cell.simulated!, 0.84),
    real: judgedRun(cell.real!, 0.8),
  }));
  return { ...comparison, cells };
}

function sectionsOf(comparison: Comparison) {
  const { runs, signs } = tinyReport();
  const [glance, policies] = comparisonSections(
    { comparison, runs, signs },
    { path: 'comparison.html' },
    [],
  );
  return { glance: html(glance as Mark), ...(policies as PlacedFigure) };
}
/** Columns of a figure's table for a metric. */
const rowsOf = ({ figure }: PlacedFigure, key: MetricKey) =>
  figure.table.rows.filter((row) => row[1] === key).map((row) => row.slice(3));

test('where requests have objectives, how many are good is shown: predicted, measured, error', () => {
  const sections = sectionsOf(judged());
  expect(sections.figure.table.columns.slice(3)).toEqual([
    ...['Simulated', 'Low', 'High', 'Real', 'Error, %'],
  ]);
  const [first] = rowsOf(sections, 'sloShare');
  expect(first!.slice(0, 4)).toEqual([0.84, 0.82, 0.88, 0.8]);
  expect(first![4]).toBeCloseTo(5, 9);
  expect(rowsOf(sections, 'e2eMsMean')[0]).toEqual([250, null, null, 250, 0]);
  expect(rowsOf(sections, 'goodputRequestsPerSecond')).toHaveLength(2);
  expect(sections.glance).toMatch(/>SLO met<.*>Goodput<.*>E2E mean</s);
  expect(sections.glance).toMatch(/0\.840<span class="unit">0\.82 to 0\.88<\/span>/);
  expect(sections.glance).toContain('intervals of 90 %');
  expect(sections.glance).toContain('+5.0 %');
});

test('where they have none, nothing is said of it', () => {
  const sections = sectionsOf(tinyReport().comparison);
  expect(rowsOf(sections, 'sloShare')).toEqual([]);
  expect(sections.glance).not.toContain('SLO met');
});
