import { RowFlag } from '../actions.ts';
import type { EndEvent } from '../events.ts';
import { invariant } from '../invariant.ts';
import type { FinishReason, SequenceId } from '../request.ts';
import type { QueuedWork } from './lane.ts';
import type { RequestEntry } from './request-entry.ts';
import type { Sequence } from './sequence.ts';
import type { State } from './state.ts';

/** Takes in the end of a lane's oldest work: ends and releases sequences. */
export function endWork(state: State, event: EndEvent): void {
  const lane = state.lanes[event.lane];
  invariant(lane !== undefined, () => `work ${event.work} ended on unknown lane ${event.lane}`);
  const queued = lane.end(event.work);
  state.memory.ended(event.lane, event.work);
  for (let i = 0; i < event.stopped.length; i++) stop(state, queued, event.stopped[i]!);
  for (let i = 0; i < queued.ending.length; i++) {
    const sequence = queued.ending[i]!;
    if (sequence.state === 'ended') continue;
    endSequence(state, sequence, 'length', sequence.maxOutputTokens);
  }
  if (state.departing.length > 0) releaseEnded(state);
}

/** Ends an admitted request whose client gave up; its queued rows become dead. */
export function cancelAdmitted(state: State, entry: RequestEntry): void {
  for (const sequence of entry.sequences) {
    if (sequence.state !== 'ended') {
      endSequence(state, sequence, 'cancelled', sequence.outputTokens);
    }
  }
  releaseEnded(state);
}

/** A sequence sampled its last token; a beam group stops all at once, whichever is named. */
function stop(state: State, { work, rows }: QueuedWork, id: SequenceId): void {
  const sequence = state.alive.get(id);
  invariant(sequence !== undefined, () => `work ${work.id} stopped unknown sequence ${id}`);
  if (sequence.state === 'ended') return;
  const { entry, promptTokens } = sequence;
  let row = work.sequences.indexOf(id);
  if (row < 0) row = rows.findIndex((each) => each.entry === entry);
  const flags = row < 0 ? 0 : work.flags[row]!;
  const samples = (flags & RowFlag.Samples) !== 0;
  invariant(
    samples && (rows[row] === sequence || (flags & RowFlag.Decode) === 0),
    () => `work ${work.id} stopped sequence ${id}, which it did not sample`,
  );
  const tokens = work.to[row]! - promptTokens + 1;
  if (!sequence.beams) {
    endSequence(state, sequence, 'stop', tokens);
    return;
  }
  for (const each of entry.sequences) {
    if (each.state !== 'ended') endSequence(state, each, 'stop', tokens);
  }
}

function endSequence(
  state: State,
  sequence: Sequence,
  reason: FinishReason,
  outputTokens: number,
): void {
  const { entry } = sequence;
  if (!sequence.forked) entry.unforked--;
  sequence.end(outputTokens);
  state.change(sequence, 'ended');
  state.active.splice(state.active.indexOf(sequence), 1);
  state.departing.push(sequence);
  entry.outputTokens = Math.max(entry.outputTokens, outputTokens);
  if (reason !== 'stop') entry.reason = reason;
  if (--entry.live > 0) return;
  entry.phase = 'ended';
  state.requests--;
  state.entries.delete(entry.view.id);
  state.actions.push({
    kind: 'finish',
    request: entry.view.id,
    reason: entry.reason,
    outputTokens: entry.outputTokens,
  });
}

/** Releases what has ended, once no queued work names it and no fork needs its KV. */
export function releaseEnded(state: State): void {
  const { departing, memory } = state;
  let kept = 0;
  for (let i = 0; i < departing.length; i++) {
    const sequence = departing[i]!;
    const { entry } = sequence;
    const holds = sequence.blocks.length > 0;
    if (sequence.isBusy() || (holds && entry.unforked > 0 && entry.root === sequence)) {
      departing[kept++] = sequence;
      continue;
    }
    if (holds) {
      state.tokensUsed -= sequence.computedTokens;
      memory.free(sequence);
    }
    if (sequence.hostBlocks > 0) {
      memory.freeHost(sequence.hostBlocks);
      sequence.hostBlocks = 0;
    }
    state.alive.delete(sequence.id);
    state.actions.push({ kind: 'release', sequence: sequence.id });
  }
  // Popping keeps the array's room; setting its length to 0 would give it away.
  while (departing.length > kept) departing.pop();
}
