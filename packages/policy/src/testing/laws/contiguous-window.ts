import type { Action, Work } from '../../actions.ts';
import { RowFlag } from '../../actions.ts';
import type { Law } from '../law.ts';
import { hasEnded, type Ledger } from '../ledger.ts';
import { moments } from '../moments.ts';

/** With `reordering: 'off'` holes are allowed but must be paid for. */
export const contiguousWindow: Law = {
  name: 'contiguous-window',
  statement:
    'In a contiguous memory a work with decode rows computes a dead row for each free slot inside ' +
    'the window, and with reordering there is none unless a sequence cannot be moved, because it ' +
    'has ended or another lane holds it.',
  check(run) {
    const { memory } = run.world.scheduler;
    const owners = new Array<number>(memory.kind === 'paged' ? 0 : memory.slots).fill(-1);
    const mayHaveHoles = memory.kind !== 'contiguous' || memory.reordering === 'off';
    for (const moment of moments(run)) {
      if (moment.kind !== 'action') continue;
      const { action, step, ledger } = moment;
      if (memory.kind !== 'paged') follow(action, owners);
      if (action.kind !== 'launch') continue;
      if (memory.kind === 'contiguous' && isSomeSlotSecret(owners, action.work, ledger)) continue;
      const contiguous = memory.kind === 'contiguous';
      const message = checkWork(action.work, contiguous ? owners : [], mayHaveHoles, ledger);
      if (message !== undefined) return { step, message };
    }
    return undefined;
  },
};

/** Who holds each slot once an action is carried out. */
function follow(action: Action, owners: number[]): void {
  if (action.kind === 'launch') {
    for (const { sequence, fromBlock, toBlock } of action.work.moves) {
      if (owners[fromBlock] === sequence) owners[fromBlock] = -1;
      owners[toBlock] = sequence;
    }
    for (const { sequence, block } of action.work.placements) owners[block] = sequence;
  }
  if (action.kind === 'release' || (action.kind === 'preempt' && action.by === 'recompute')) {
    const slot = owners.indexOf(action.sequence);
    if (slot >= 0) owners[slot] = -1;
  }
}

/**
 * A slot is held from admission on, or from coming back after a preemption, but told only with the
 * first row: until then no verdict.
 */
function isSomeSlotSecret(owners: readonly number[], work: Work, ledger: Ledger): boolean {
  const placed = new Set([...owners, ...work.placements.map(({ sequence }) => sequence)]);
  for (const sequence of ledger.sequences.values()) {
    if (!sequence.released && !placed.has(sequence.id)) return true;
  }
  return false;
}

function checkWork(
  work: Work,
  owners: readonly number[],
  mayHaveHoles: boolean,
  ledger: Ledger,
): string | undefined {
  const name = `work ${work.id} has ${work.deadRows} dead rows`;
  if (!work.flags.some((flags) => flags & RowFlag.Decode)) {
    return work.deadRows === 0 ? undefined : `${name}, but it decodes nothing`;
  }
  const held = owners.flatMap((owner, slot) => (owner === -1 ? [] : [slot]));
  const holes = held.length === 0 ? 0 : held.at(-1)! - held[0]! + 1 - held.length;
  const picture = owners.map((owner) => (owner === -1 ? '.' : owner)).join(' ');
  if (work.deadRows !== holes) {
    return `${name}, but its window has ${holes} free slots: ${picture}`;
  }
  if (mayHaveHoles || holes === 0) return undefined;
  const bound = owners.some((owner) => {
    const sequence = ledger.sequences.get(owner);
    if (sequence === undefined) return false;
    return hasEnded(sequence) || ledger.lanesNaming(owner).some((lane) => lane !== work.lane);
  });
  if (bound) return undefined;
  return `work ${work.id} leaves ${holes} free slots inside the window: ${picture}`;
}
