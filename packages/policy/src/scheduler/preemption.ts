import { promptReserve } from './admission.ts';
import { releaseEnded } from './ending.ts';
import { laneOfNewcomer } from './lane.ts';
import type { RequestEntry } from './request-entry.ts';
import type { Sequence } from './sequence.ts';
import type { State } from './state.ts';
import type { WorkBuilder } from './work-builder.ts';

/** Takes the memory of a whole group away; false, with nothing changed, when that cannot be done. */
export function preempt(
  state: State,
  builder: WorkBuilder,
  entry: RequestEntry,
  by: 'swap' | 'recompute',
  lane: number,
): boolean {
  const group = entry.sequences.filter((sequence) => sequence.state !== 'ended');
  if (group.some((each) => each.busyElsewhere(lane) || each.isNamedBy(builder.id))) return false;
  if (by === 'swap' ? !swapOut(state, builder, entry, group, lane) : !drop(state, group, lane)) {
    return false;
  }
  for (const sequence of group) {
    state.change(sequence, 'preempted');
    sequence.placed = 0;
    state.actions.push({ kind: 'preempt', sequence: sequence.id, by });
  }
  if (by === 'recompute') {
    startAgain(entry, group);
    // An ended sequence may have kept the prompt for others to fork from; they begin anew now.
    releaseEnded(state);
  }
  return true;
}

/**
 * Brings a preempted group back, with memory for all it had; false when there is too little.
 *
 * What lost its KV waits until no queued work names it: such works may sample its last token, and who
 * was to compute the prompt for the others would be gone.
 */
export function resume(
  state: State,
  builder: WorkBuilder,
  entry: RequestEntry,
  lane: number,
): boolean {
  const group = entry.sequences.filter((sequence) => sequence.state === 'preempted');
  const swapped = group[0]!.hostBlocks > 0;
  if (group.some((each) => (swapped ? each.busyElsewhere(lane) : each.isBusy()))) return false;
  return swapped
    ? swapIn(state, builder, group, lane)
    : holdAgain(state, group, laneOfNewcomer(state.lanes, lane));
}

function swapOut(
  state: State,
  builder: WorkBuilder,
  entry: RequestEntry,
  group: readonly Sequence[],
  lane: number,
): boolean {
  const { memory } = state;
  if (entry.unforked > 0 || group.some((each) => each.computedTokens === 0)) return false;
  const blocksOf = (each: Sequence): number => Math.ceil(each.computedTokens / memory.blockTokens);
  if (!memory.bookHost(group.reduce((sum, each) => sum + blocksOf(each), 0))) return false;
  for (const sequence of group) {
    sequence.hostBlocks = blocksOf(sequence);
    builder.addSwap(sequence, 'out', sequence.hostBlocks);
    state.tokensUsed -= sequence.computedTokens;
    memory.take(sequence, lane);
  }
  return true;
}

function drop(state: State, group: readonly Sequence[], lane: number): boolean {
  const { memory } = state;
  if (!memory.takesBusy && group.some((each) => each.isBusy())) return false;
  for (const sequence of group) {
    if (sequence.blocks.length === 0) continue;
    state.tokensUsed -= sequence.computedTokens;
    memory.take(sequence, lane);
  }
  return true;
}

/** After a loss the first living sequence computes the prompt, and the others fork from it again. */
function startAgain(entry: RequestEntry, group: readonly Sequence[]): void {
  entry.root = group[0];
  entry.unforked = group.length - 1;
  group.forEach((sequence, index) => {
    sequence.sampledBefore = sequence.plannedOutputTokens;
    sequence.computedTokens = 0;
    sequence.forked = index === 0;
  });
}

function holdAgain(state: State, group: readonly Sequence[], lane: number): boolean {
  const { memory } = state;
  const root = group[0]!;
  const tokens = Math.min(
    root.promptTokens + Math.max(1, root.plannedOutputTokens),
    root.limitTokens,
  );
  if (!memory.canHold(group.length, tokens, lane)) return false;
  // Some of the group may have ended since the loss, even the one that was to compute the prompt.
  startAgain(root.entry, group);
  memory.hold(group, tokens, lane);
  for (const each of group) state.change(each, each === root ? 'prefill' : 'awaiting-fork');
  return true;
}

function swapIn(
  state: State,
  builder: WorkBuilder,
  group: readonly Sequence[],
  lane: number,
): boolean {
  const { memory } = state;
  // With room for the next token too, or it would be starved again at once and go out and in for ever.
  const tokensOf = (each: Sequence): number =>
    Math.max(Math.min(each.computedTokens + 1, each.limitTokens), promptReserve(each.request));
  const blocks = group.reduce((sum, each) => sum + memory.missing(each, tokensOf(each)), 0);
  if (!memory.canReturn(blocks, lane)) return false;
  for (const sequence of group) {
    memory.extend(sequence, tokensOf(sequence), lane);
    builder.addSwap(sequence, 'in', sequence.hostBlocks);
    memory.releaseHost(sequence.hostBlocks, lane, builder.id);
    sequence.hostBlocks = 0;
    state.tokensUsed += sequence.computedTokens;
    state.change(sequence, sequence.computedTokens < sequence.promptTokens ? 'prefill' : 'decode');
  }
  return true;
}
