import type { CellComparison, Comparison, IterationErrors } from '@flover/metrics';
import { everyOne, number, percent, signedPercent } from '../marks/format.ts';
import { type Child, h, type Mark } from '../marks/mark.ts';

/** Whether the two worlds decide alike, and how far predicted durations are off. */
export function paritySection(comparison: Comparison): Mark | null {
  const cells = comparison.cells.filter((cell) => cell.replay || cell.divergence);
  if (cells.length === 0) return null;
  return h(
    'section',
    { id: 'parity', 'aria-labelledby': 'parity-title' },
    h('h2', { id: 'parity-title' }, 'Parity'),
    h('p', { class: 'finding' }, finding(cells)),
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Parity of each policy' },
      h(
        'table',
        { class: 'parity' },
        h(
          'caption',
          {},
          'Replay: the engine’s events told to a fresh scheduler. Alike before: the share of iterations before the first in which simulator and engine differ. Errors: predicted against measured durations of the engine’s own iterations, bias and mean size.',
        ),
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ['Policy', 'Seed', 'Replay', 'Alike before', 'First difference'].map(column),
            ['Decode', 'Prefill', 'Mixed'].map((name) => column(`${name} iterations`)),
          ),
        ),
        h('tbody', {}, cells.map(row)),
      ),
    ),
  );
}

function column(name: string): Mark {
  return h('th', { scope: 'col' }, name);
}

function finding(cells: readonly CellComparison[]): string {
  const verdicts = cells.flatMap((cell) => (cell.replay ? [cell.replay] : []));
  const same = verdicts.filter((verdict) => verdict.identical);
  const actions = same.reduce((sum, verdict) => sum + verdict.actions, 0);
  const alike = cells.filter((cell) => cell.divergence && cell.divergence.first === undefined);
  const compared = cells.filter((cell) => cell.divergence).length;
  const replayed =
    same.length === verdicts.length
      ? `A fresh scheduler repeated all ${number(actions)} decisions of ${everyOne(verdicts.length, 'engine run')}`
      : `${verdicts.length - same.length} of ${verdicts.length} engine runs were not decided alike by a fresh scheduler`;
  if (compared === 0) return `${replayed}.`;
  return `${replayed}; ${decided(alike.length, compared)}.`;
}

function decided(alike: number, compared: number): string {
  const every = 'every iteration as the engine did';
  if (alike === compared) return `the simulator decided ${every}`;
  if (compared === 1) return `the simulator did not decide ${every}`;
  const which = alike === 0 ? `none of the ${compared}` : `${alike} of the ${compared}`;
  return `in ${which} the simulator decided ${every}`;
}

function row(cell: CellComparison): Mark {
  const { replay, iterationErrors } = cell;
  const verdict = replay === undefined ? '–' : replay.identical ? '✓ identical' : '✗ different';
  const detail = replay?.difference
    ? ` at event ${replay.difference.eventIndex}: recorded ${replay.difference.recorded ?? 'no more'}, decided ${replay.difference.decided ?? 'no more'}`
    : '';
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, cell.label),
    h('td', { class: 'number' }, cell.seed),
    h('td', { class: replay?.identical === false ? 'bad' : 'good' }, `${verdict}${detail}`),
    h('td', { class: 'number' }, alikeBefore(cell)),
    h('td', { class: 'words' }, firstDifference(cell)),
    errors(iterationErrors),
  );
}

/** Lanes may interleave differently while each by itself does the same for longer. */
function alikeBefore({ divergence }: CellComparison): Child {
  if (divergence === undefined) return '–';
  const share = percent(100 * divergence.shareBefore);
  if (divergence.lanes.length < 2) return share;
  const lanes = divergence.lanes.map((lane) => percent(100 * lane.shareBefore));
  return [share, lanes.map((text, i) => h('span', { class: 'unit' }, `lane ${i}: ${text}`))];
}

function firstDifference({ divergence }: CellComparison): string {
  if (divergence === undefined) return '–';
  if (divergence.first === undefined) return 'none';
  const { index, differences } = divergence.first;
  const more = differences.length > 1 ? ` (and ${differences.length - 1} more)` : '';
  return `iteration ${index}: ${differences[0] ?? ''}${more}`;
}

function errors(iterations: IterationErrors | undefined): Mark[] {
  return (['decode', 'prefill', 'mixed'] as const).map((kind) => {
    const statistics = iterations?.[kind];
    if (!statistics || statistics.count === 0) return h('td', { class: 'number' }, '–');
    const size = percent(statistics.mapePercent ?? Number.NaN);
    return h('td', { class: 'number' }, `${signedPercent(statistics.biasPercent)}, ${size}`);
  });
}
