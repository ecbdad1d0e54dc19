import type { LaneView, Plan, SequenceView } from '../policy.ts';
import { badParameter } from './create.ts';

/** How a sequence gives its memory up. */
export type Preemption = 'recompute' | 'swap';

/**
 * Decodes all that this lane may. When the memory is exhausted, the latest admitted gives way; when it is
 * not, the preempted come back, oldest first.
 */
export function decodeOrPreempt(lane: LaneView, plan: Plan, by: Preemption): void {
  let preempted = false;
  plan.decodeAll();
  while (plan.starved !== undefined && preemptLatest(lane, plan, plan.starved, by)) {
    preempted = true;
    plan.decodeAll();
  }
  if (preempted || plan.starved !== undefined || plan.preempted === 0) return;
  if (resumeOldest(plan)) plan.decodeAll();
}

/**
 * Preempts the latest admitted sequence that can be, at last the starved one itself; never the
 * oldest that holds memory, so that one always gets on.
 */
export function preemptLatest(
  lane: LaneView,
  plan: Plan,
  starved: SequenceView,
  by: Preemption,
): boolean {
  const { sequences } = plan;
  const oldest = sequences.find((sequence) => sequence.state !== 'preempted');
  for (let i = sequences.length - 1; i >= 0; i--) {
    const victim = sequences[i]!;
    if (victim.request === oldest?.request) return false;
    const free = victim.busyLane === -1 || victim.busyLane === lane.index;
    if (free && victim.state !== 'preempted') {
      if (by === 'swap' && plan.preempt(victim, 'swap')) return true;
      if (plan.preempt(victim, 'recompute')) return true;
    }
    if (victim === starved) return false;
  }
  return false;
}

/** Brings preempted sequences back in order of admission, as far as the memory goes. */
export function resumeOldest(plan: Plan): boolean {
  let resumed = false;
  for (const sequence of plan.sequences) {
    if (sequence.state !== 'preempted') continue;
    if (!plan.resume(sequence)) break;
    resumed = true;
  }
  return resumed;
}

export function checkPreemption(policy: string, value: string): Preemption {
  if (value === 'recompute' || value === 'swap') return value;
  throw badParameter(policy, 'preemption', value, "'recompute' or 'swap'");
}
