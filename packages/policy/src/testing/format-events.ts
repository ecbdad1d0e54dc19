import { type Action, RowFlag, type Work } from '../actions.ts';
import type { SchedulerEvent } from '../events.ts';

/** One event as a line. */
export function formatEvent(event: SchedulerEvent): string {
  const time = `t=${event.timeNanos}`;
  switch (event.kind) {
    case 'arrive':
      return `${time} request ${event.request.id} arrives`;
    case 'cancel':
      return `${time} request ${event.request} is cancelled`;
    case 'timer':
      return `${time} timer`;
    case 'end': {
      const stopped = event.stopped.length > 0 ? `, sequences [${event.stopped}] stopped` : '';
      return `${time} work ${event.work} ends on lane ${event.lane}${stopped}`;
    }
  }
}

/** One action as a line. */
export function formatAction(action: Action): string {
  switch (action.kind) {
    case 'admit':
      return `admit request ${action.request} as sequence ${action.firstSequence}`;
    case 'refuse':
      return `refuse request ${action.request}: ${action.reason}`;
    case 'finish':
      return `finish request ${action.request}: ${action.reason}, ${action.outputTokens} tokens`;
    case 'preempt':
      return `preempt sequence ${action.sequence} by ${action.by}`;
    case 'release':
      return `release sequence ${action.sequence}`;
    case 'wake':
      return `wake at t=${action.timeNanos}`;
    case 'launch':
      return `launch ${formatWork(action.work)}`;
  }
}

/** A work as a line: what precedes it, then its rows as kind sequence[from,to), * where it samples. */
export function formatWork(work: Work): string {
  const rows = work.sequences.map((sequence, row) => {
    const flags = work.flags[row]!;
    const kind = flags & RowFlag.Decode ? 'decode' : 'prefill';
    const samples = flags & RowFlag.Samples ? '*' : '';
    return `${kind} ${sequence}[${work.from[row]},${work.to[row]})${samples}`;
  });
  const before = [
    ...work.swaps.map(
      ({ sequence, direction, tokens, blocks }) =>
        `swap ${direction} ${sequence} ${tokens} tokens [${blocks}]`,
    ),
    ...work.moves.map(
      ({ sequence, fromBlock, toBlock, tokens }) =>
        `move ${sequence} block ${fromBlock}->${toBlock} ${tokens} tokens`,
    ),
    ...work.placements.map(
      ({ sequence, index, block }) => `place ${sequence}[${index}] in block ${block}`,
    ),
    ...work.forks.map(({ from, to, tokens }) => `fork ${from}->${to} ${tokens} tokens`),
  ];
  const dead = work.deadRows > 0 ? [`${work.deadRows} dead rows`] : [];
  const parts = [...before, ...rows, ...dead];
  return `work ${work.id} on lane ${work.lane}: ${parts.join(', ')}`;
}
