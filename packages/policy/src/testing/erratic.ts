import { decodeOrPreempt } from '../policies/preemption.ts';
import { definePolicy, type LaneView, type Plan, type SequenceView } from '../policy.ts';

/** Plans that follow a whim; then it settles down, so that every run comes to its end. */
const whims = 40;
const verbsAPlan = 6;

/**
 * A legal policy without any sense: every lane does anything, to anyone, in any order.
 *
 * The scheduler promises its laws for whatever a policy asks that is legal, not for seven sensible
 * ones. The whims are drawn from `seed`, so that equal histories get equal whims.
 */
export const erratic = definePolicy({
  name: 'erratic',
  parameters: { lanes: 2, seed: 1, pauseNanos: 3 },
  create({ lanes, seed, pauseNanos }) {
    const draw = drawFrom(seed);
    let left = whims;
    return {
      name: 'erratic',
      lanes: Array.from({ length: lanes }, (_, i) => `lane-${i}`),
      plan(lane, plan) {
        const rows = new Set<number>();
        if (left-- > 0) {
          for (let verbs = draw(verbsAPlan); verbs > 0; verbs--) {
            follow(draw, lane, plan, rows, pauseNanos);
          }
        }
        const idle = rows.size === 0 && plan.lanes.every(({ queued }) => queued === 0);
        if (left <= 0 || idle) settle(lane, plan, rows);
      },
    };
  },
});

type Draw = (below: number) => number;

function drawFrom(seed: number): Draw {
  let state = Math.imul(seed, 2654435761) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** One verb; `rows` are the sequences that have a row in this work. */
function follow(
  draw: Draw,
  lane: LaneView,
  plan: Plan,
  rows: Set<number>,
  pauseNanos: number,
): void {
  const verb = draw(12);
  if (verb === 0) plan.wakeAt(plan.nowNanos + pauseNanos);
  const request = plan.waiting.at(draw(plan.waiting.length));
  if (verb === 1 && request !== undefined && draw(8) === 0) plan.refuse(request.id, 'a whim');
  else if (verb <= 3 && request !== undefined) plan.admit(request);
  const sequence = plan.sequences[draw(plan.sequences.length)];
  if (sequence === undefined || verb <= 3) return;
  if (sequence.state === 'preempted') {
    plan.resume(sequence);
    return;
  }
  if (!isFree(sequence, lane, rows)) return;
  if (verb <= 5) plan.preempt(sequence, draw(2) === 0 ? 'swap' : 'recompute');
  else if (verb <= 8) addPrompt(plan, sequence, 1 + draw(4), rows);
  else if (sequence.state === 'decode' && plan.decode(sequence)) note(plan, sequence, rows);
}

function settle(lane: LaneView, plan: Plan, rows: Set<number>): void {
  if (rows.size === 0) decodeOrPreempt(lane, plan, 'recompute');
  if (plan.preempted === 0) while (plan.waiting.first && plan.admit(plan.waiting.first).length > 0);
  for (const sequence of plan.sequences) {
    if (isFree(sequence, lane, rows)) addPrompt(plan, sequence, 64, rows);
  }
}

function addPrompt(plan: Plan, sequence: SequenceView, tokens: number, rows: Set<number>): void {
  if (sequence.state === 'prefill' && plan.prefill(sequence, tokens)) rows.add(sequence.id);
}

/** A beam brings its whole group. */
function note(plan: Plan, { id, request }: SequenceView, rows: Set<number>): void {
  rows.add(id);
  if (request.group !== 'beams') return;
  for (const other of plan.sequences) if (other.request === request) rows.add(other.id);
}

function isFree({ id, busyLane }: SequenceView, lane: LaneView, rows: Set<number>): boolean {
  return !rows.has(id) && (busyLane === -1 || busyLane === lane.index);
}
