import type { Action, Work } from '../../actions.ts';
import { RowFlag } from '../../actions.ts';
import type { Law } from '../law.ts';
import { hasEnded, isOver, isWaiting, type Ledger, type SequenceEntry } from '../ledger.ts';
import { moments } from '../moments.ts';

/** Nothing is computed before what it needs, after its end, twice, or on two lanes at once. */
export const causality: Law = {
  name: 'causality',
  statement:
    'A row computes exactly the next tokens of a live sequence that no other lane holds, ' +
    'and samples exactly when it reaches the frontier.',
  check(run) {
    for (const moment of moments(run)) {
      if (moment.kind !== 'action') continue;
      const message = checkAction(moment.action, moment.ledger);
      if (message !== undefined) return { step: moment.step, message };
    }
    return undefined;
  },
};

function checkAction(action: Action, ledger: Ledger): string | undefined {
  if (action.kind === 'launch') return checkWork(action.work, ledger);
  if (action.kind === 'admit') {
    const request = ledger.requests.get(action.request);
    if (request === undefined) return `admits request ${action.request} before it arrived`;
    if (!isWaiting(request)) return `admits request ${action.request}, which does not wait`;
    if (request.cancelled) return `admits request ${action.request}, which was cancelled`;
  }
  if (action.kind === 'preempt') {
    const sequence = ledger.sequences.get(action.sequence);
    if (sequence === undefined) return `preempts unknown sequence ${action.sequence}`;
    if (hasEnded(sequence)) return `preempts sequence ${action.sequence}, which has ended`;
  }
  if (action.kind === 'release') {
    const lanes = ledger.lanesNaming(action.sequence);
    if (lanes.length > 0) {
      return `releases sequence ${action.sequence} while a work queued on lane ${lanes[0]} names it`;
    }
  }
  return undefined;
}

function checkWork(work: Work, ledger: Ledger): string | undefined {
  const name = `work ${work.id}`;
  if (work.id !== ledger.launched) return `${name} is not the next number, ${ledger.launched}`;
  const forks = new Map(work.forks.map((fork) => [fork.to, fork]));
  const seen = new Set<number>();
  const sums = { newTokens: 0, decodeKvTokens: 0 };
  for (const [row, id] of work.sequences.entries()) {
    if (seen.has(id)) return `${name} names sequence ${id} in two rows`;
    seen.add(id);
    const from = work.from[row]!;
    const to = work.to[row]!;
    const flags = work.flags[row]!;
    sums.newTokens += to - from;
    if (flags & RowFlag.Decode) sums.decodeKvTokens += to;
    const sequence = ledger.sequences.get(id);
    if (sequence === undefined) return `${name} names unknown sequence ${id}`;
    const start = forks.get(id)?.tokens ?? sequence.kvTokens;
    const problem =
      whyNotNow(sequence, work, ledger) ?? whyNotTheseTokens(sequence, start, from, to, flags);
    if (problem !== undefined) return `${name} row ${id}[${from},${to}): ${problem}`;
  }
  for (const key of ['newTokens', 'decodeKvTokens'] as const) {
    if (work[key] !== sums[key])
      return `${name} says ${key} ${work[key]}, its rows say ${sums[key]}`;
  }
  if (work.sequences.length + work.swaps.length === 0) return `${name} does nothing`;
  return checkMoves(work, ledger) ?? checkForks(work, ledger) ?? checkBeams(work, ledger);
}

/** What has ended is not worth its bytes. */
function checkMoves(work: Work, ledger: Ledger): string | undefined {
  for (const { sequence: id } of work.moves) {
    const sequence = ledger.sequences.get(id);
    if (sequence === undefined) return `work ${work.id} moves unknown sequence ${id}`;
    if (hasEnded(sequence)) return `work ${work.id} moves sequence ${id}, which has ended`;
  }
  return undefined;
}

/** Why this sequence may not be extended by this work at all. */
function whyNotNow(sequence: SequenceEntry, work: Work, ledger: Ledger): string | undefined {
  const { id, request, planned, preempted } = sequence;
  if (sequence.released) return 'the sequence was released';
  if (hasEnded(sequence)) return 'the sequence has ended';
  if (isOver(request)) return `request ${request.view.id} is over`;
  const elsewhere = ledger.lanesNaming(id).find((lane) => lane !== work.lane);
  if (elsewhere !== undefined) return `a work queued on lane ${elsewhere} holds the sequence`;
  if (planned >= request.view.maxOutputTokens) {
    return `its ${planned} tokens are already sampled or planned, which is its limit`;
  }
  const back = work.swaps.some((swap) => swap.sequence === id && swap.direction === 'in');
  if (preempted === 'swap' && !back) return 'its KV is swapped out';
  return undefined;
}

/** Why these are not the next tokens of the sequence. */
function whyNotTheseTokens(
  { request, planned }: SequenceEntry,
  start: number,
  from: number,
  to: number,
  flags: number,
): string | undefined {
  const { promptTokens } = request.view;
  const known = promptTokens + planned;
  if (from !== start) return `the next token to compute is ${start}`;
  if (to <= from) return 'the row is empty';
  if (flags & RowFlag.Decode) {
    if (from < promptTokens) return `decodes before its prompt of ${promptTokens} is computed`;
    if (to !== from + 1) return 'a decode row computes one token';
  } else if (to > promptTokens) return `prefills beyond its prompt of ${promptTokens}`;
  if (to > known) return `only ${known} of its tokens are known by then`;
  const samples = (flags & RowFlag.Samples) !== 0;
  if (samples !== (to === known)) {
    return `${samples ? 'samples' : 'does not sample'}, but its frontier is ${known}`;
  }
  return undefined;
}

function checkForks(work: Work, ledger: Ledger): string | undefined {
  for (const { from, to, tokens } of work.forks) {
    const source = ledger.sequences.get(from);
    const target = ledger.sequences.get(to);
    const name = `work ${work.id} fork ${from} to ${to}`;
    if (source === undefined || target === undefined) return `${name}: unknown sequence`;
    if (source.request !== target.request) return `${name}: not of the same group`;
    if (source.released) return `${name}: sequence ${from} was released`;
    if (source.kvTokens < tokens)
      return `${name}: only ${source.kvTokens} of ${tokens} tokens are there`;
  }
  return undefined;
}

function checkBeams(work: Work, ledger: Ledger): string | undefined {
  const rows = new Map(work.sequences.map((id, row) => [id, work.flags[row]!]));
  for (const [id, flags] of rows) {
    const { request } = ledger.sequences.get(id)!;
    if (request.view.group !== 'beams' || (flags & (RowFlag.Decode | RowFlag.Samples)) !== 3)
      continue;
    const missing = request.sequences.find((sequence) => rows.get(sequence.id) !== flags);
    if (missing === undefined) continue;
    return `work ${work.id} decodes beam ${id} of request ${request.view.id} without beam ${missing.id}`;
  }
  return undefined;
}
