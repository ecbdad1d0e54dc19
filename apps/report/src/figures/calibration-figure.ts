import { scaleLinear } from 'd3';
import { chart } from '../charts/chart.ts';
import type { CalibratedProfile, FitResidual } from '../facts/profiles.ts';
import { bottomAxis } from '../marks/axis.ts';
import { listed, number, percent, signedPercent } from '../marks/format.ts';
import { legend, markEntry, seriesEntries } from '../marks/legend.ts';
import { h, type Mark } from '../marks/mark.ts';
import { inOrder, point, seriesClass } from '../marks/symbols.ts';
import type { Figure } from './figure.ts';

const ROW = 24;
const LEFT = 200;
const WIDTH = 620;

interface Row extends FitResidual {
  readonly profile: CalibratedProfile;
  readonly series: number;
}

/** How far each calibration's fit is from what was measured; none where no profile was found. */
export function calibrationFigure(profiles: readonly CalibratedProfile[]): Figure | undefined {
  const kinds = [...new Set(profiles.flatMap(({ residuals }) => residuals.map((r) => r.kind)))];
  const rows = kinds.flatMap((kind) =>
    profiles.flatMap((profile, series): Row[] =>
      profile.residuals
        .filter((residual) => residual.kind === kind)
        .map((residual) => ({ ...residual, profile, series })),
    ),
  );
  if (rows.length === 0) return undefined;
  const finding = sentence(rows);
  return {
    id: 'calibration-residuals',
    title: 'What calibration leaves',
    finding,
    note: 'Errors of the fitted times of single works, by what they compute, alone and beside others. A filled mark: half of the works are within; a hollow one: 95 % are.',
    drawing: drawing(rows, profiles, finding),
    table: {
      caption: 'Residuals of every fit, percent of the measured time',
      columns: [
        'Profile',
        'Device',
        'Works',
        'Samples',
        'Bias, %',
        'Mean size, %',
        '50 % within, %',
        '95 % within, %',
      ],
      rows: rows.map(
        ({ profile, kind, samples, biasPercent, mapePercent, p50Percent, p95Percent }) => [
          ...[profile.name, profile.device, kind, samples],
          ...[biasPercent, mapePercent, p50Percent, p95Percent],
        ],
      ),
    },
  };
}

function sentence(rows: readonly Row[]): string {
  const decode = rows.filter(({ kind }) => kind === 'decode');
  const told = (decode.length > 0 ? decode : rows).map(
    ({ profile, kind, samples, p95Percent, biasPercent }) =>
      `of ${number(samples)} ${kind} works of ${profile.name} 95 % are within ${percent(p95Percent)} of the fit, with a bias of ${signedPercent(biasPercent)}`,
  );
  return `By the times that were measured for the fits, ${listed(told)}.`;
}

function drawing(
  rows: readonly Row[],
  profiles: readonly CalibratedProfile[],
  title: string,
): Mark {
  const height = rows.length * ROW;
  const signs = [
    ...seriesEntries(inOrder(profiles.map(({ name }) => name))),
    markEntry('half of the works within', 'real'),
    markEntry('95 % within', 'simulated'),
  ];
  const key = legend(signs, LEFT, 12);
  const most = Math.max(1, ...rows.map(({ p95Percent }) => p95Percent));
  const x = scaleLinear([0, most * 1.05], [0, WIDTH]);
  const top = 34 + key.height;
  const axis = { ticks: 6, format: number, grid: height, label: 'size of the error, %' };
  return chart(
    'calibration',
    top + height + 56,
    title,
    key.mark,
    h(
      'g',
      { transform: `translate(${LEFT},${top})` },
      bottomAxis(x, height, axis),
      rows.map((row, i) => drawRow(row, i * ROW + ROW / 2, x, rows[i - 1]?.kind !== row.kind)),
    ),
  );
}

function drawRow(row: Row, y: number, x: (value: number) => number, named: boolean): Mark {
  const { profile, kind, samples, series, p50Percent: half, p95Percent: most } = row;
  const tip = `${profile.name}, ${kind}: half of ${samples} works within ${percent(half)}, 95 % within ${percent(most)}`;
  const shape = { class: `whisker ${seriesClass(series)}`, x1: x(half), x2: x(most), y1: y, y2: y };
  const label = h('text', { x: -12, y, dy: '0.32em', 'text-anchor': 'end' }, kind);
  return h(
    'g',
    { class: 'row' },
    named ? label : null,
    h('line', shape),
    point(series, x(most), y, { className: 'simulated', area: 50, tip }),
    point(series, x(half), y, { className: 'real', area: 50, tip }),
    h('text', { class: 'value', x: WIDTH + 16, y, dy: '0.32em' }, `${number(samples)} works`),
  );
}
