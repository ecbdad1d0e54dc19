import { RowFlag } from '../actions.ts';
import type { Sequence } from './sequence.ts';
import type { State } from './state.ts';
import type { WorkBuilder } from './work-builder.ts';

/**
 * Adds the decode row of a sequence, or those of its whole beam group, with the forks they need.
 *
 * `dry`: the memory has too few blocks for all of them, and nothing was added. `not-now`: another
 * lane, or this very work, still computes what they would read, or all tokens are planned.
 */
export function addDecode(
  state: State,
  builder: WorkBuilder,
  sequence: Sequence,
  lane: number,
): 'added' | 'dry' | 'not-now' {
  const { entry } = sequence;
  if (tokensAfter(sequence) > sequence.limitTokens) return 'not-now';
  if (entry.promptWork === builder.id) return 'not-now';
  if (entry.unforked > 0 && entry.root!.busyElsewhere(lane)) return 'not-now';
  if (sequence.beams) return addBeams(state, builder, sequence, lane);
  const tokens = tokensAfter(sequence);
  if (tokens > sequence.capacityTokens && !state.memory.extend(sequence, tokens, lane))
    return 'dry';
  addRow(state, builder, sequence);
  return 'added';
}

/** All of a beam group, or none. */
function addBeams(
  state: State,
  builder: WorkBuilder,
  { entry }: Sequence,
  lane: number,
): 'added' | 'dry' | 'not-now' {
  const { memory } = state;
  const group = entry.sequences.filter((each) => each.state !== 'ended');
  if (group.some((each) => each.busyElsewhere(lane))) return 'not-now';
  const missing = group.reduce((sum, each) => sum + memory.missing(each, tokensAfter(each)), 0);
  if (!memory.canExtend(missing, lane)) return 'dry';
  for (const each of group) {
    memory.extend(each, tokensAfter(each), lane);
    addRow(state, builder, each);
  }
  return 'added';
}

function addRow(state: State, builder: WorkBuilder, sequence: Sequence): void {
  if (!sequence.forked) fork(state, builder, sequence);
  const to = sequence.computedTokens + 1;
  const samples = to >= sequence.promptTokens + sequence.sampledBefore;
  builder.addRow(sequence, to, samples ? RowFlag.Decode | RowFlag.Samples : RowFlag.Decode);
}

function tokensAfter(sequence: Sequence): number {
  return 1 + (sequence.forked ? sequence.computedTokens : sequence.promptTokens);
}

function fork(state: State, builder: WorkBuilder, sequence: Sequence): void {
  const { entry, promptTokens } = sequence;
  builder.addFork(entry.root!, sequence, promptTokens);
  sequence.forked = true;
  sequence.computedTokens = promptTokens;
  entry.unforked--;
  state.tokensUsed += promptTokens;
}
