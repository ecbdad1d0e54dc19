import type { LaneView, Plan } from '../policy.ts';
import { decodeOrPreempt, type Preemption } from './preemption.ts';

/** Admits the oldest waiting requests, at most `count`, until one does not fit. */
export function admitUpTo(plan: Plan, count: number): void {
  for (let admitted = 0; admitted < count; admitted++) {
    const request = plan.waiting.first;
    if (request === undefined || plan.admit(request).length === 0) return;
  }
}

/** One iteration of a batch that stays together: whole prompts first, then decode to the end. */
export function runBatch(lane: LaneView, plan: Plan, preemption: Preemption): void {
  decodeOrPreempt(lane, plan, preemption);
  if (plan.prefilling === 0) return;
  for (const sequence of plan.sequences) {
    if (sequence.state === 'prefill') plan.prefill(sequence, sequence.request.promptTokens);
  }
}
