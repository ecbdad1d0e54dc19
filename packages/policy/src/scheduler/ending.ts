import { RowFlag } from '../actions.ts';
import type { EndEvent } from '../events.ts';
import { invariant } from '../invariant.ts';
import type { FinishReason } from '../request.ts';
import type { RequestEntry } from './request-entry.ts';
import type { Sequence } from './sequence.ts';
import type { State } from './state.ts';

/** Takes in the end of a lane's oldest work: counts tokens, ends and releases sequences. */
export function endWork(state: State, event: EndEvent): void {
  const lane = state.lanes[event.lane];
  invariant(lane !== undefined, `work ${event.work} ended on unknown lane ${event.lane}`);
  const { work, rows } = lane.end(event.work);
  const { flags } = work;
  state.memory.ended(event.lane, event.work);
  if (event.stopped.length > 0) markStopped(state, event);
  const endedBefore = state.departing.length;
  for (let i = 0; i < rows.length; i++) {
    const flag = flags[i]!;
    if ((flag & RowFlag.Samples) === 0) continue;
    const sequence = rows[i]!;
    const { entry } = sequence;
    if ((flag & RowFlag.Decode) === 0 && entry.sequences.length > 1) {
      for (const each of entry.sequences) countToken(state, each);
    } else {
      countToken(state, sequence);
    }
  }
  if (event.stopped.length > 0) checkStopped(state, event);
  if (state.departing.length > endedBefore) dropEnded(state.active);
  if (state.departing.length > 0) releaseEnded(state);
}

/** Ends an admitted request whose client gave up; its queued rows become dead. */
export function cancelAdmitted(state: State, entry: RequestEntry): void {
  for (const sequence of entry.sequences) {
    if (sequence.state !== 'ended') endSequence(state, sequence, 'cancelled');
  }
  dropEnded(state.active);
  releaseEnded(state);
}

function countToken(state: State, sequence: Sequence): void {
  if (sequence.state === 'ended') return;
  const tokens = ++sequence.outputTokens;
  if (sequence.stopped) endSequence(state, sequence, 'stop');
  else if (tokens === sequence.maxOutputTokens) endSequence(state, sequence, 'length');
}

/** A beam group stops all at once, whichever of its sequences is named. */
function markStopped(state: State, event: EndEvent): void {
  for (const id of event.stopped) {
    const sequence = state.alive.get(id);
    invariant(sequence !== undefined, `work ${event.work} stopped unknown sequence ${id}`);
    if (sequence.beams) for (const each of sequence.entry.sequences) each.stopped = true;
    else sequence.stopped = true;
  }
}

function checkStopped(state: State, event: EndEvent): void {
  for (const id of event.stopped) {
    invariant(
      state.alive.get(id)!.state === 'ended',
      `work ${event.work} stopped sequence ${id}, which it did not sample`,
    );
  }
}

function endSequence(state: State, sequence: Sequence, reason: FinishReason): void {
  const { entry } = sequence;
  if (!sequence.forked) entry.unforked--;
  state.change(sequence, 'ended');
  state.departing.push(sequence);
  if (sequence.outputTokens > entry.outputTokens) entry.outputTokens = sequence.outputTokens;
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

function dropEnded(active: Sequence[]): void {
  let kept = 0;
  for (let i = 0; i < active.length; i++) {
    const sequence = active[i]!;
    if (sequence.state !== 'ended') active[kept++] = sequence;
  }
  active.length = kept;
}

/** Releases what has ended, once no queued work names it and no fork needs its KV. */
export function releaseEnded(state: State): void {
  const { departing, memory } = state;
  let kept = 0;
  for (let i = 0; i < departing.length; i++) {
    const sequence = departing[i]!;
    const { entry } = sequence;
    if (sequence.busyLane >= 0 || (entry.unforked > 0 && entry.root === sequence)) {
      departing[kept++] = sequence;
      continue;
    }
    if (sequence.blocks.length > 0) {
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
  departing.length = kept;
}
