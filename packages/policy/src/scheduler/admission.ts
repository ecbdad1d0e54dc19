import type { RequestView } from '../request.ts';
import { laneOfNewcomer } from './lane.ts';
import type { RequestEntry } from './request-entry.ts';
import { Sequence } from './sequence.ts';
import type { State } from './state.ts';

/** Why a request can never be served, or undefined if it can. */
export function neverServed(state: State, request: RequestView): string | undefined {
  const { maxSequences, maxSequenceTokens } = state.config;
  for (const key of ['promptTokens', 'maxOutputTokens', 'width'] as const) {
    const value = request[key];
    if (!Number.isSafeInteger(value) || value < 1)
      return `${key} ${value} is not a positive integer`;
  }
  if (request.group === 'single' && request.width !== 1) {
    return `a single request has width 1, not ${request.width}`;
  }
  if (request.width > maxSequences) {
    return `width ${request.width} exceeds maxSequences ${maxSequences}`;
  }
  const { promptTokens, maxOutputTokens } = request;
  if (promptTokens + maxOutputTokens > maxSequenceTokens) {
    return `prompt ${promptTokens} + output ${maxOutputTokens} tokens exceed maxSequenceTokens ${maxSequenceTokens}`;
  }
  return state.memory.neverFits(request);
}

/** Is there a place for all sequences of this request, and memory for its prompt? */
export function canAdmit(state: State, entry: RequestEntry, lane: number): boolean {
  const { view } = entry;
  return (
    state.alive.size + view.width <= state.config.maxSequences &&
    state.memory.canHold(view.width, promptReserve(view), laneOfNewcomer(state.lanes, lane))
  );
}

/** Makes the sequences of a request; only after `canAdmit`. */
export function admit(state: State, entry: RequestEntry, lane: number): readonly Sequence[] {
  const { view, sequences } = entry;
  const firstSequence = state.nextSequence;
  for (let i = 0; i < view.width; i++) {
    const sequence = new Sequence(state.nextSequence++, entry, state.lanes[0]!);
    sequences.push(sequence);
    state.alive.set(sequence.id, sequence);
    state.active.push(sequence);
  }
  state.prefilling++;
  entry.phase = 'admitted';
  entry.root = sequences[0];
  entry.live = view.width;
  entry.unforked = view.width - 1;
  state.queue.remove(entry);
  state.requests++;
  state.memory.hold(sequences, promptReserve(view), laneOfNewcomer(state.lanes, lane));
  state.actions.push({ kind: 'admit', request: view.id, firstSequence });
  return sequences;
}

/** Turns a request away for good; it must wait. */
export function refuse(state: State, entry: RequestEntry, reason: string): void {
  if (entry.position >= 0) state.queue.remove(entry);
  entry.phase = 'ended';
  state.entries.delete(entry.view.id);
  state.actions.push({ kind: 'refuse', request: entry.view.id, reason });
}

/** A new sequence has room for its prompt and, if it decodes at all, for its first token. */
export function promptReserve(view: RequestView): number {
  return view.promptTokens + Math.min(1, view.maxOutputTokens - 1);
}
