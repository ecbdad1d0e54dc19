import { expect, test } from 'vitest';
import { lines } from '../charts/lines.ts';
import { scatterFigure } from '../figures/scatter-figure.ts';
import { sweepFigures } from '../figures/sweep-figure.ts';
import { tinyReport } from '../testing/tiny-comparison.ts';
import { tinySweep } from '../testing/tiny-site.ts';
import { compact } from './compact.ts';
import { html } from './html.ts';
import type { Mark } from './mark.ts';
import { wholeTip } from './shared-tips.ts';
import { inOrder } from './symbols.ts';

const data = tinyReport();
const drawings = [
  scatterFigure(data)!.drawing,
  ...sweepFigures(tinySweep(), data.signs).map(({ drawing }) => drawing),
];

const lengthOf = ({ root, shapes }: ReturnType<typeof compact>) =>
  html(root).length + html(shapes!).length;

/** Every point as a reader meets it: its shape, its place, its look, and what it says. */
function pointsIn(mark: Mark, shapes: ReadonlyMap<string, string>, parent?: Mark): string[] {
  const { class: look = parent?.attributes.class, ...own } = mark.attributes;
  const templates = parent?.attributes['data-tips'];
  const tip = wholeTip(String(own['data-tip'] ?? ''), templates ? String(templates) : null);
  const below = mark.children.flatMap((child) =>
    typeof child === 'string' ? [] : pointsIn(child, shapes, mark),
  );
  if (mark.tag === 'use') {
    return [[shapes.get(String(own.href)), own.x, own.y, look, tip].join(' ')];
  }
  if (!String(mark.attributes.class).startsWith('point ') || mark.tag !== 'path') return below;
  const [x, y] = String(own.transform)
    .match(/-?[\d.]+/g)!
    .map(Number);
  return [[own.d, x, y, look, tip].join(' ')];
}

test.each(drawings.map((drawing, i) => [i, drawing] as const))(
  'drawing %i has the same points in fewer characters, in the same order',
  (_, drawing) => {
    const { root, shapes } = compact(drawing);
    const known = (shapes!.children[0] as Mark).children.map((shape): [string, string] => {
      const { id, d } = (shape as Mark).attributes;
      return [`#${id}`, String(d)];
    });
    const before = pointsIn(drawing, new Map());
    expect(before.length).toBeGreaterThan(10);
    expect(pointsIn(root, new Map(known))).toEqual(before);
    expect(lengthOf(compact(drawing))).toBeLessThan(html(drawing).length);
  },
);

test('what has no points stays as it is', () => {
  const mark = { tag: 'p', attributes: { class: 'note' }, children: ['point '] };
  expect(compact(mark)).toEqual({ root: mark, shapes: null });
});

test('a line of many points takes less than half of its characters', () => {
  const points = Array.from({ length: 100 }, (_, i) => {
    return { x: i, y: 10 + Math.sin(i), low: 8 + Math.sin(i), high: 12 + Math.sin(i) };
  });
  const drawn = [{ label: 'sequential', series: 0, world: 'simulated', points } as const];
  const drawing = lines([{ title: 'TTFT mean', unit: 'ms', lines: drawn }], {
    ...{ series: inOrder(['sequential']), xTitle: 'offered load', title: 'x' },
  });
  expect(lengthOf(compact(drawing)) / html(drawing).length).toBeLessThan(0.5);
});
