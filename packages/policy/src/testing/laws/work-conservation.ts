import type { Work } from '../../actions.ts';
import { RowFlag } from '../../actions.ts';
import type { Law } from '../law.ts';
import { hasEnded, type Ledger, type SequenceEntry } from '../ledger.ts';
import { moments } from '../moments.ts';
import type { Run } from '../record.ts';

type Phase = 'prefill' | 'decode';

/**
 * Binds policies that claim `workConserving`.
 *
 * What a lane could do is learnt from the run: a lane that prefills (decodes) at any time could
 * prefill (decode) now. Preempted sequences are no reason to complain,
 * nor is a lane with a sequence that needs a block of paged memory, which may be dry.
 */
export const workConservation: Law = {
  name: 'work-conservation',
  statement:
    'If the policy claims it: no lane idles while a sequence that is in no queued work could use it.',
  binds: (policy) => policy.claims?.workConserving === true,
  check(run) {
    const abilities = learnAbilities(run);
    for (const { step, ledger, kind } of moments(run)) {
      if (kind !== 'settled') continue;
      for (const [lane, phases] of abilities) {
        if (ledger.queue(lane).length > 0) continue;
        const idle = [...ledger.sequences.values()].filter((sequence) => {
          const phase = phaseOf(sequence);
          return phase !== undefined && phases.has(phase) && isFree(sequence, ledger);
        });
        if (idle.length === 0 || idle.some((sequence) => mayNeedBlock(sequence, run))) continue;
        const [{ id }, phase] = [idle[0]!, phaseOf(idle[0]!)];
        const message = `lane ${lane} idles while sequence ${id} waits for its next ${phase} row`;
        return { step, message };
      }
    }
    return undefined;
  },
};

function learnAbilities(run: Run): Map<number, Set<Phase>> {
  const abilities = new Map<number, Set<Phase>>();
  for (const action of run.steps.flatMap(({ actions }) => actions)) {
    if (action.kind !== 'launch') continue;
    const phases = abilities.get(action.work.lane) ?? new Set<Phase>();
    abilities.set(action.work.lane, phases);
    for (const phase of phasesOf(action.work)) phases.add(phase);
  }
  return abilities;
}

function phasesOf(work: Work): Phase[] {
  return work.flags.map((flags) => (flags & RowFlag.Decode ? 'decode' : 'prefill'));
}

/** What its next row would be; a later sequence of a group without KV waits for a fork. */
function phaseOf({ kvTokens, index, request }: SequenceEntry): Phase | undefined {
  if (kvTokens === 0 && index > 0) return undefined;
  return kvTokens < request.view.promptTokens ? 'prefill' : 'decode';
}

function isFree(sequence: SequenceEntry, ledger: Ledger): boolean {
  if (hasEnded(sequence) || sequence.preempted !== undefined) return false;
  if (sequence.planned >= sequence.request.view.maxOutputTokens) return false;
  return ledger.lanesNaming(sequence.id).length === 0;
}

/** A paged memory may be dry just when the next token or a fork needs a new block. */
function mayNeedBlock(sequence: SequenceEntry, { world }: Run): boolean {
  const { memory } = world.scheduler;
  if (memory.kind !== 'paged' || phaseOf(sequence) !== 'decode') return false;
  if (sequence.request.sequences.some((other) => other.kvTokens === 0)) return true;
  return sequence.kvTokens % memory.blockTokens === 0;
}
