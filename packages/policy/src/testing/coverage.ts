import { RowFlag } from '../actions.ts';
import { isWaiting, type Ledger } from './ledger.ts';
import { type Moment, moments } from './moments.ts';
import type { Run } from './record.ts';

/** How often each rare branch was taken. */
export type Coverage = Record<Branch, number>;

/** Branches that a sound test of a scheduler must have seen. */
export const branches = [
  'preempt-by-swap',
  'preempt-by-recompute',
  'swap-in',
  'late-stop-dead-row',
  'move-of-live-slot',
  'hole-paid-for',
  'fork',
  'refusal',
  'cancel-while-queued',
  'cancel-while-prefilling',
  'cancel-while-decoding',
  'chunked-prompt',
  'mixed-work',
  'overlapping-lanes',
  'two-join-at-once',
  'timer',
] as const;

export type Branch = (typeof branches)[number];

/** No branch seen yet. */
export function noCoverage(): Coverage {
  return Object.fromEntries(branches.map((branch) => [branch, 0])) as Coverage;
}

/** Adds the branches that a run took to `coverage`. */
export function cover(run: Run, coverage: Coverage): void {
  for (const moment of moments(run)) {
    for (const branch of seenAt(moment)) coverage[branch]++;
  }
}

function seenAt(moment: Moment): Branch[] {
  if (moment.kind === 'event') {
    const { event, ledger } = moment;
    if (event.kind === 'timer') return ['timer'];
    if (event.kind === 'cancel') return seenAtCancel(event.request, ledger);
    if (event.kind === 'end' && ledger.queue(event.lane)[1] !== undefined) {
      const next = ledger.queue(event.lane)[1]!;
      if (event.stopped.some((id) => next.sequences.includes(id))) return ['late-stop-dead-row'];
    }
    return [];
  }
  if (moment.kind === 'settled') return [];
  const { action, ledger } = moment;
  if (action.kind === 'preempt') return [`preempt-by-${action.by}`];
  if (action.kind === 'refuse') return ['refusal'];
  if (action.kind !== 'launch') return [];
  const { work } = action;
  const seen: Branch[] = [];
  const decodes = work.flags.map((flags) => (flags & RowFlag.Decode) !== 0);
  if (work.swaps.some((swap) => swap.direction === 'in')) seen.push('swap-in');
  if (work.moves.length > 0) seen.push('move-of-live-slot');
  if (work.deadRows > 0) seen.push('hole-paid-for');
  if (work.forks.length > 0) seen.push('fork');
  if (decodes.includes(true) && decodes.includes(false)) seen.push('mixed-work');
  const others = ledger.lanes.some((queue, lane) => lane !== work.lane && queue.length > 0);
  if (others) seen.push('overlapping-lanes');
  if (work.from.some((from, row) => from > 0 && !decodes[row])) seen.push('chunked-prompt');
  const joins = work.sequences.filter((id, row) => {
    return decodes[row] && ledger.sequences.get(id)?.planned === 1;
  });
  if (joins.length > 1) seen.push('two-join-at-once');
  return seen;
}

function seenAtCancel(id: number, ledger: Ledger): Branch[] {
  const request = ledger.requests.get(id);
  if (request === undefined) return [];
  if (isWaiting(request)) return ['cancel-while-queued'];
  const prefilling = request.sequences.every((sequence) => sequence.planned === 0);
  return [prefilling ? 'cancel-while-prefilling' : 'cancel-while-decoding'];
}
