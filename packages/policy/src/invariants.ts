import { invariant } from './invariant.ts';
import { ContiguousMemory } from './memory/contiguous.ts';
import { SchedulerCore } from './scheduler/core.ts';
import type { Sequence } from './scheduler/sequence.ts';
import type { State } from './scheduler/state.ts';
import type { Scheduler } from './scheduler.ts';

/** What must hold after every event and costs next to nothing to check. */
export function checkEvent(state: State, lanePlaces: number): void {
  const { lanes, memory, alive, active, departing } = state;
  for (let i = 0; i < lanes.length; i++) {
    invariant(lanes[i]!.works.length <= lanePlaces, () => `lane ${i} holds too many works`);
  }
  invariant(memory.reserved <= memory.blocks, 'more KV blocks are reserved than there are');
  invariant(alive.size <= state.config.maxSequences, 'more sequences are alive than allowed');
  invariant(
    alive.size === active.length + departing.length,
    () =>
      `${alive.size} sequences alive, ${active.length} active and ${departing.length} departing`,
  );
  invariant(state.tokensUsed >= 0, () => `${state.tokensUsed} KV tokens are in use`);
}

/** Everything that must hold after every event; cost O(sequences + requests), for tests. */
export function checkScheduler(scheduler: Scheduler): void {
  invariant(scheduler instanceof SchedulerCore, 'not a scheduler made by createScheduler');
  const { state } = scheduler;
  checkEvent(state, 1 + state.config.planAhead);
  checkBlocks(state);
  checkCounts(state);
  for (const sequence of state.alive.values()) checkSequence(sequence);
  if (state.memory instanceof ContiguousMemory) checkWindow(state, state.memory);
}

/** Each block has one holder, and those held are those reserved. */
function checkBlocks(state: State): void {
  const holders = new Map<number, Sequence>();
  for (const sequence of state.alive.values()) {
    for (const block of sequence.blocks) {
      const other = holders.get(block);
      invariant(
        other === undefined,
        () => `block ${block} is claimed by sequences ${other?.id} and ${sequence.id}`,
      );
      invariant(block >= 0 && block < state.memory.blocks, () => `block ${block} does not exist`);
      holders.set(block, sequence);
    }
  }
  invariant(
    holders.size === state.memory.reserved,
    () => `${holders.size} blocks are held but ${state.memory.reserved} reserved`,
  );
}

function checkCounts(state: State): void {
  let tokens = 0;
  let preempted = 0;
  let prefilling = 0;
  for (const sequence of state.alive.values()) {
    if (sequence.blocks.length > 0) tokens += sequence.computedTokens;
    if (sequence.state === 'preempted') preempted++;
    if (sequence.state === 'prefill') prefilling++;
  }
  invariant(
    tokens === state.tokensUsed,
    () => `${tokens} KV tokens are held, ${state.tokensUsed} counted`,
  );
  invariant(
    preempted === state.preempted,
    () => `${preempted} preempted, ${state.preempted} counted`,
  );
  invariant(
    prefilling === state.prefilling,
    () => `${prefilling} sequences prefill, ${state.prefilling} counted`,
  );
  const requests = new Set([...state.active].map((sequence) => sequence.entry));
  invariant(
    requests.size === state.requests,
    () => `${requests.size} requests, ${state.requests} counted`,
  );
  let waiting = 0;
  for (const view of state.queue) {
    invariant(
      state.entries.get(view.id)?.phase === 'waiting',
      () => `request ${view.id} waits twice`,
    );
    waiting++;
  }
  invariant(waiting === state.queue.length, () => `${waiting} wait, ${state.queue.length} counted`);
  invariant(
    state.entries.size === waiting + state.requests,
    () =>
      `${state.entries.size} requests are known, ${waiting} wait and ${state.requests} are served`,
  );
}

function checkSequence(sequence: Sequence): void {
  const { id, computedTokens, capacityTokens, limitTokens } = sequence;
  const resident = sequence.blocks.length > 0;
  invariant(computedTokens <= limitTokens, () => `sequence ${id} is computed beyond its limit`);
  invariant(
    !resident || computedTokens <= capacityTokens,
    () => `sequence ${id} has ${computedTokens} tokens in room for ${capacityTokens}`,
  );
  invariant(
    sequence.state !== 'preempted' || !resident,
    () => `sequence ${id} is preempted but holds memory`,
  );
  invariant(
    sequence.outputTokens <= sequence.plannedOutputTokens,
    () => `sequence ${id} has more tokens than were planned`,
  );
  invariant(
    sequence.state === 'ended' || sequence.outputTokens < sequence.maxOutputTokens,
    () => `sequence ${id} has all its tokens but has not ended`,
  );
}

/** The window is from the first held slot to the last, and owners are where their tables say. */
function checkWindow(state: State, memory: ContiguousMemory): void {
  let first = -1;
  let last = -1;
  for (let slot = 0; slot < memory.blocks; slot++) {
    const owner = memory.ownerOf(slot);
    if (owner === undefined) continue;
    if (first < 0) first = slot;
    last = slot;
    invariant(
      owner.blocks[0] === slot,
      () => `slot ${slot} is free but sequence ${owner.id} claims it`,
    );
    invariant(
      state.alive.has(owner.id),
      () => `slot ${slot} is held by released sequence ${owner.id}`,
    );
  }
  if (first < 0) return;
  invariant(
    first === memory.lower && last === memory.upper,
    () => `the window is [${memory.lower}, ${memory.upper}] but slots [${first}, ${last}] are held`,
  );
}
