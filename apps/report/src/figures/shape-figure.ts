import { type LinePanel, lines } from '../charts/lines.ts';
import { PUBLISHED, type ShapePoint } from '../facts/shapes.ts';
import { number } from '../marks/format.ts';
import type { Figure } from './figure.ts';

/** Shapes of ours and of the publication in the panels where both have points; none where none has. */
export function shapeFigure(
  points: readonly ShapePoint[],
  part: Pick<Figure, 'id' | 'title'> & { readonly xTitle: string; readonly note: string },
): Figure | undefined {
  const titles = [...new Set(points.map(({ panel }) => panel))].filter((panel) => {
    const who = points.filter((p) => p.panel === panel).map((p) => p.who);
    return who.includes(PUBLISHED) && who.some((one) => one !== PUBLISHED);
  });
  if (titles.length === 0) return undefined;
  const shown = points.filter(({ panel }) => titles.includes(panel));
  const names = [...new Set([PUBLISHED, ...shown.map(({ who }) => who)])];
  const data = titles.map((title): LinePanel => {
    const of = (name: string) =>
      shown
        .filter(({ panel, who }) => panel === title && who === name)
        .map(({ x, y }) => ({ x, y, low: null, high: null }))
        .sort((a, b) => a.x - b.x);
    const all = names.map((label, series) => {
      return { label, series, world: 'real' as const, points: of(label) };
    });
    return { title, unit: '', lines: all.filter((line) => line.points.length > 0) };
  });
  const finding = sentence(data, part.xTitle);
  return {
    id: part.id,
    title: part.title,
    finding,
    note: part.note,
    drawing: lines(data, { names, xTitle: part.xTitle, title: finding }),
    table: {
      caption: 'Shapes: every number over its own device’s measure',
      columns: ['What', part.xTitle, 'Whose', 'Value'],
      rows: shown.map(({ panel, x, who, y }) => [panel, x, who, y]),
    },
  };
}

/** The last of our points in every panel, beside the published point next to it. */
function sentence(data: readonly LinePanel[], xTitle: string): string {
  const parts = data.flatMap(({ title, lines: all }) => {
    const theirs = all.find(({ label }) => label === PUBLISHED)!;
    const ours = all.filter((line) => line !== theirs);
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
