import { type ChartLine, type LinePoint, lines } from '../charts/lines.ts';
import type { Peers } from '../facts/gpu-validation.ts';
import { everyOne, number } from '../marks/format.ts';
import { inOrder } from '../marks/symbols.ts';
import type { Figure } from './figure.ts';

/** Tokens a second over requests at once, this engine and its peers; none without a peer. */
export function peersFigure(peers: Peers): Figure | undefined {
  const rows = [...(peers.transformers?.rows ?? []), ...peers.earlier.rows];
  const ways = [...new Set(rows.map(({ way }) => way))];
  const point = (x: number, y: number | null | undefined): LinePoint[] =>
    typeof y === 'number' ? [{ x, y, low: null, high: null }] : [];
  const own = peers.own.flatMap((run) => point(run.batch, run.metrics.generatedTokensPerSecond));
  const all = [
    { label: 'Flover', points: own },
    ...ways.map((way) => ({
      label: way,
      points: rows
        .filter((row) => row.way === way)
        .flatMap(({ batch, tokensPerSecond }) => point(batch, tokensPerSecond)),
    })),
  ].filter(({ points }) => points.length > 0);
  if (own.length === 0 || all.length < 2) return undefined;
  const drawn = all.map(({ label, points }, series): ChartLine => {
    const ordered = [...points].sort((a, b) => a.x - b.x);
    return { label, series, world: 'real', points: ordered };
  });
  const finding = sentence(drawn);
  const panel = { title: 'Generation', unit: 'tokens/s', lines: drawn };
  const names = drawn.map(({ label }) => label);
  return {
    id: 'peers',
    title: 'Beside its peers',
    finding,
    note: `The same work through each. Measured earlier, not in this run: those on ${peers.earlier.device}.`,
    drawing: lines([panel], { series: inOrder(names), xTitle: 'requests at once', title: finding }),
    table: {
      caption: 'Generated tokens a second',
      columns: ['System', 'Requests at once', 'Tokens/s'],
      rows: drawn.flatMap(({ label, points }) => points.map(({ x, y }) => [label, x, y])),
    },
  };
}

/** Where this engine is ahead of the best of the others, and by how much at the most requests. */
function sentence([own, ...others]: readonly ChartLine[]): string {
  const shares = own!.points.flatMap(({ x, y }) => {
    const theirs = others.flatMap(({ points }) => points.filter((p) => p.x === x).map((p) => p.y));
    return theirs.length === 0 ? [] : [{ x, share: y / Math.max(...theirs) }];
  });
  const last = shares.at(-1);
  if (last === undefined) return 'No peer ran at the same number of requests.';
  const ahead = shares.filter(({ share }) => share > 1).length;
  const where =
    ahead === shares.length ? everyOne(ahead, 'size') : `${ahead} of ${shares.length} sizes`;
  return (
    `Flover generates more than the best peer at ${where} of batches; ` +
    `${number(last.share)} times as much at ${number(last.x)} requests at once.`
  );
}
