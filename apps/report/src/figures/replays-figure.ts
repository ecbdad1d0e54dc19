import type { CellComparison, Comparison, ReplayVerdict } from '@flover/metrics';
import { chart, WIDTH } from '../charts/chart.ts';
import { countWord, everyOne, number } from '../marks/format.ts';
import { h, type Mark } from '../marks/mark.ts';
import type { Figure } from './figure.ts';

interface Replayed {
  readonly name: string;
  readonly verdict: ReplayVerdict;
}

const TILE = 22;
const GAP = 4;
const LEFT = 330;

/** Whether a fresh scheduler decided every real run again; none where no run was replayed. */
export function replaysFigure(comparisons: readonly Comparison[]): Figure | undefined {
  const groups = comparisons.flatMap((comparison) => {
    const replayed = comparison.cells.flatMap((cell) => replayedOf(comparison, cell));
    return replayed.length === 0 ? [] : [{ name: comparison.name, replayed }];
  });
  const all = groups.flatMap(({ replayed }) => replayed);
  if (all.length === 0) return undefined;
  const finding = sentence(all);
  return {
    id: 'replays',
    title: 'Decision parity of every real run',
    finding,
    note: 'A square a run: filled, all its decisions were repeated byte for byte; crossed, one was not. The run’s events are told to a fresh scheduler, which knows nothing else of it.',
    drawing: drawing(groups, finding),
    table: {
      caption: 'Replay of every real run',
      columns: ['Run', 'Identical', 'Events', 'Actions', 'Iterations', 'First difference'],
      rows: all.map(({ name, verdict }) => [
        ...[name, verdict.identical ? 'yes' : 'no'],
        ...[verdict.events, verdict.actions, verdict.launches],
        verdict.difference ? `event ${verdict.difference.eventIndex}` : 'none',
      ]),
    },
  };
}

function replayedOf(comparison: Comparison, cell: CellComparison): Replayed[] {
  const { label, seed, replay } = cell;
  return replay ? [{ name: `${comparison.name}, ${label}, seed ${seed}`, verdict: replay }] : [];
}

function sentence(all: readonly Replayed[]): string {
  const same = all.filter(({ verdict }) => verdict.identical);
  const sum = (key: 'actions' | 'launches') =>
    number(same.reduce((total, { verdict }) => total + verdict[key], 0));
  const actions = `${sum('actions')} decisions in ${sum('launches')} iterations`;
  if (same.length === all.length) {
    const runs = everyOne(all.length, 'real run');
    return `A fresh scheduler repeated every decision of ${runs}: ${actions}.`;
  }
  const first = all.find(({ verdict }) => !verdict.identical)!;
  return (
    `A fresh scheduler did not repeat ${countWord(all.length - same.length)} of ${number(all.length)} ` +
    `real runs, such as ${first.name} from event ${first.verdict.difference?.eventIndex ?? 0} on.`
  );
}

function drawing(
  groups: readonly { readonly name: string; readonly replayed: readonly Replayed[] }[],
  title: string,
): Mark {
  const columns = Math.floor((WIDTH - LEFT) / (TILE + GAP));
  let y = 4;
  const rows = groups.map(({ name, replayed }) => {
    const top = y;
    y += Math.ceil(replayed.length / columns) * (TILE + GAP);
    const text = h(
      'text',
      { x: LEFT - 12, y: top + TILE / 2, dy: '0.32em', 'text-anchor': 'end' },
      name,
    );
    const tiles = replayed.map((one, i) =>
      tile(one, LEFT + (i % columns) * (TILE + GAP), top + Math.floor(i / columns) * (TILE + GAP)),
    );
    return h('g', { class: 'row' }, text, tiles);
  });
  return chart('replays', y + 6, title, rows);
}

function tile({ name, verdict }: Replayed, x: number, y: number): Mark {
  const { identical, actions, difference } = verdict;
  const words = identical
    ? `all ${number(actions)} decisions repeated`
    : `differs from event ${difference?.eventIndex ?? 0} on`;
  return h(
    'g',
    { class: 'replay', 'data-tip': `${name}: ${words}` },
    h('rect', {
      class: `check ${identical ? 'passed' : 'failed'}`,
      ...{ x, y, width: TILE, height: TILE },
    }),
    identical ? null : h('path', { class: 'cross', d: `M${x + 5},${y + 5}l12,12m0,-12l-12,12` }),
  );
}
