import { expect, test } from 'vitest';
import { type Mark, marksOf } from '../marks/mark.ts';
import { inOrder } from '../marks/symbols.ts';
import { type DotPlotRow, dotPlot } from './dot-plot.ts';
import { type ChartLine, lines } from './lines.ts';

const names = (drawing: Mark) =>
  marksOf(drawing, 'legend-entry').map((entry) => (entry.children.at(-1) as Mark).children[0]);
const row = (part: Partial<DotPlotRow>): DotPlotRow => ({
  ...{ label: 'a policy', series: 0, simulated: 90, real: 100 },
  ...part,
});
const plot = (part: Partial<DotPlotRow>, kind?: 'prediction' | 'confidence') =>
  dotPlot([{ title: 'TPOT', unit: 'ms', better: 'lower', rows: [row(part)] }], 'x', kind);
const line = (world: ChartLine['world'], y: number, interval: number | null = null): ChartLine => ({
  ...{ label: 'a policy', series: 0, world },
  points: [1, 2].map((x) => ({
    ...{ x, y, low: interval && y - interval, high: interval && y + interval },
  })),
});
const drawn = (all: readonly ChartLine[]) =>
  lines([{ title: 'TPOT', unit: 'ms', lines: all }], {
    series: inOrder(['a policy']),
    xTitle: 'x',
    title: 'x',
  });

test('rows say which marks are real and what an interval claims', () => {
  const interval = { low: 80, high: 110, level: 0.9 };
  expect(names(plot({ interval }))).toEqual(['real', 'simulated', '90 % prediction interval']);
  expect(names(plot({ real: null }))).toEqual(['simulated']);
  expect(names(plot({ simulated: null }))).toEqual(['real']);
  const level = 0.95;
  expect(names(plot({ real: null, interval: { ...interval, level } }, 'confidence'))).toEqual([
    'simulated',
    '95 % confidence interval of the mean',
  ]);
});

test('lines say the same, and have hollow signs where nothing was really run', () => {
  const both = drawn([line('real', 10), line('simulated', 9, 1)]);
  expect(names(both)).toEqual([
    'a policy',
    'real',
    'simulated',
    '95 % confidence interval of the mean',
  ]);
  const simulated = drawn([line('simulated', 9)]);
  expect(names(simulated)).toEqual(['a policy', 'simulated']);
  const [sign] = marksOf(simulated, 'legend-entry').flatMap((entry) => marksOf(entry, 'point'));
  expect(sign!.attributes.class).toContain('simulated');
});

test('where both worlds agree the real mark lies in the ring of the simulated one', () => {
  const [panel] = marksOf(drawn([line('real', 10), line('simulated', 10)]), 'panel');
  const points = marksOf(panel!, 'point');
  expect(points.map(({ attributes }) => String(attributes.class).split(' ')[1])).toEqual([
    ...['simulated', 'simulated', 'real', 'real'],
  ]);
  const reach = ({ attributes }: Mark) =>
    Math.max(
      ...String(attributes.d)
        .match(/[\d.]+/g)!
        .map(Number),
    );
  expect(reach(points[0]!)).toBeGreaterThan(1.5 * reach(points[2]!));
});

test('numbers of an axis have room beside it, however long they are', () => {
  for (const most of [1, 1000, 1e6]) {
    const drawing = drawn([line('real', most), line('simulated', most / 1000)]);
    const [panel] = marksOf(drawing, 'panel');
    const left = Number(/translate\(([\d.]+)/.exec(String(panel!.attributes.transform))![1]);
    const labels = marksOf(panel!, 'tick').map(
      (tick) => (tick.children.at(-1) as Mark).children[0],
    );
    const longest = Math.max(...labels.map((label) => String(label).length));
    expect(left, `${most}`).toBeGreaterThan(7 + 6.2 * longest);
  }
});

test('values over decades stand apart, beside a 0 too', () => {
  const xs = [0, 10, 30, 100, 300, 1000];
  const points = xs.map((x) => ({ x, y: 1, low: null, high: null }));
  const own = { label: 'a policy', series: 0, world: 'simulated', points } as const;
  const places = marksOf(drawn([own]), 'panel')
    .flatMap((panel) => marksOf(panel, 'point'))
    .map(({ attributes }) => Number(/translate\(([\d.]+)/.exec(String(attributes.transform))![1]));
  places.slice(1).forEach((place, i) => {
    expect(place - places[i]!).toBeGreaterThan(20);
  });
});
