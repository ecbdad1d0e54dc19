import type { Work } from '../../actions.ts';
import { replayKv } from '../kv-oracle.ts';
import type { Law } from '../law.ts';
import type { Ledger } from '../ledger.ts';
import { moments } from '../moments.ts';
import type { Run } from '../record.ts';

/** Lanes, sequences, positions, device and host blocks: never more than there are. */
export const capacity: Law = {
  name: 'capacity',
  statement:
    'At every event: at most 1 + planAhead works a lane, maxSequences sequences, ' +
    'maxSequenceTokens tokens a sequence, and no block beyond those that exist.',
  check(run) {
    for (const { step, ledger, ...moment } of moments(run)) {
      let message: string | undefined;
      if (moment.kind === 'action' && moment.action.kind === 'launch') {
        message = checkLaunch(moment.action.work, run, ledger);
      }
      if (moment.kind === 'settled') message = checkSequences(run, ledger);
      if (message !== undefined) return { step, message };
    }
    return replayKv(run).find((finding) => finding.law === 'capacity');
  },
};

function checkLaunch(work: Work, { world, policy }: Run, ledger: Ledger): string | undefined {
  const { planAhead, maxSequences, maxSequenceTokens } = world.scheduler;
  const name = `work ${work.id}`;
  if (!(work.lane in policy.lanes))
    return `${name} goes to lane ${work.lane}, which does not exist`;
  const queued = ledger.queue(work.lane).length;
  if (queued > planAhead) {
    return `${name} is launched on lane ${work.lane}, which already has ${queued} with planAhead ${planAhead}`;
  }
  if (work.sequences.length > maxSequences) {
    return `${name} has ${work.sequences.length} rows, maxSequences is ${maxSequences}`;
  }
  const longest = Math.max(...work.to);
  if (longest > maxSequenceTokens) {
    return `${name} computes token ${longest} of a sequence, maxSequenceTokens is ${maxSequenceTokens}`;
  }
  return undefined;
}

function checkSequences({ world }: Run, ledger: Ledger): string | undefined {
  const { maxSequences } = world.scheduler;
  const live = [...ledger.sequences.values()].filter((sequence) => !sequence.released);
  if (live.length <= maxSequences) return undefined;
  return `${live.length} sequences are admitted and not released, maxSequences is ${maxSequences}`;
}
