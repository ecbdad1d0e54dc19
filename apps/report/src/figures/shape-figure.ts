import { type ChartLine, type LinePanel, lines } from '../charts/lines.ts';
import { PUBLISHED, type ShapePoint, SIDES } from '../facts/shapes.ts';
import { number } from '../marks/format.ts';
import { inOrder } from '../marks/symbols.ts';
import type { Figure } from './figure.ts';

/** The points of the panels where both ours and the publication have some. */
export function comparablePoints(points: readonly ShapePoint[]): ShapePoint[] {
  const sides = (panel: string) =>
    new Set(points.filter((p) => p.panel === panel).map(({ who }) => who === PUBLISHED));
  return points.filter(({ panel }) => sides(panel).size === 2);
}

/** Shapes of ours and of the publication, which both have points in every panel. */
export function shapeFigure(
  points: readonly ShapePoint[],
  part: Pick<Figure, 'id' | 'title'> & { readonly xTitle: string; readonly note: string },
): Figure {
  const titles = [...new Set(points.map(({ panel }) => panel))];
  const names = [...new Set([PUBLISHED, ...points.map(({ who }) => who)])];
  const data = titles.map((title): LinePanel => {
    const all = names.flatMap((label, series) =>
      SIDES.map((world): ChartLine => {
        const own = points.filter((p) => p.panel === title && p.who === label && p.world === world);
        const ordered = own.map(({ x, y }) => ({ x, y, low: null, high: null }));
        return { label, series, world, points: ordered.sort((a, b) => a.x - b.x) };
      }),
    );
    return { title, unit: '', lines: all.filter((line) => line.points.length > 0) };
  });
  const finding = sentence(data, part.xTitle);
  return {
    id: part.id,
    title: part.title,
    finding,
    note: `${part.note} Dashed lines and hollow marks: the same by the simulator, over its own measure.`,
    drawing: lines(data, { series: inOrder(names), xTitle: part.xTitle, title: finding }),
    table: {
      caption: 'Shapes: every number over its own device’s measure',
      columns: ['What', part.xTitle, 'Whose', 'World', 'Value'],
      rows: points.map(({ panel, x, who, world, y }) => [
        ...[panel, x, who, who === PUBLISHED ? 'published' : world],
        y,
      ]),
    },
  };
}

/** The last of our points in every panel, beside the published point next to it. */
function sentence(data: readonly LinePanel[], xTitle: string): string {
  const parts = data.flatMap(({ title, lines: all }) => {
    const theirs = all.find(({ label }) => label === PUBLISHED)!;
    const ours = all.filter((line) => line !== theirs && line.world === 'real');
    return ours.map((line) => {
      const last = line.points.at(-1)!;
      const near = theirs.points.reduce((best, p) =>
        Math.abs(p.x - last.x) < Math.abs(best.x - last.x) ? p : best,
      );
      const where = near.x === last.x ? '' : ` at ${number(near.x)}`;
      const whose = ours.length > 1 ? `, ${line.label}` : '';
      return `${title}${whose}: ${number(last.y)} at ${number(last.x)} (published ${number(near.y)}${where})`;
    });
  });
  return `Over ${xTitle}, ours beside published: ${parts.join('; ')}.`;
}
